using System;
using System.Runtime.InteropServices;
using Lamina.Core;
using Lamina.Core.Tests.Paging;
using Lamina.Testing;

namespace Lamina.Svm.Tests;

/// <summary>A CPU with AMD-V of chosen features, pages, and a vCPU's state that was never entered.</summary>
internal sealed class SvmFixture : IDisposable
{
    internal const ulong NestedRoot = 0x7000;

    internal SvmFixture(SvmFeatureBits bits = SvmFeatureBits.NestedPaging, bool offersInterrupts = false)
    {
        Cpu = CreateCpu(bits);
        Features = SvmFeatures.Read(Cpu)!;
        Maps = PermissionMaps.Create(Pages)!;
        Pages.TryAllocatePages(SvmVcpuState.PageCount, out var pages).Should().BeTrue();
        State = new SvmVcpuState(Pages, pages, Features, Maps, NestedRoot, offersInterrupts);
    }

    internal NativePages Pages { get; } = new(16);

    internal FakeCpu Cpu { get; }

    internal SvmFeatures Features { get; }

    internal PermissionMaps Maps { get; }

    internal SvmVcpuState State { get; }

    internal static FakeCpu CreateCpu(SvmFeatureBits bits, uint asids = 16, int index = 0)
    {
        var cpu = new FakeCpu(index);
        cpu.Cpuid[0x8000_0000] = new CpuidResult(0x8000_001F, 0, 0, 0);
        cpu.Cpuid[0x8000_0001] = new CpuidResult(0, 0, 1 << 2, 1 << 26 | 1 << 27);
        cpu.Cpuid[0x8000_000A] = new CpuidResult(1, asids, 0, (uint)bits);
        cpu.Cpuid[1] = new CpuidResult(0, 0, 1 << 26, 0);
        cpu.Cpuid[0xD] = new CpuidResult(0x2E7, 0, 0, 0);
        cpu.Cpuid[0xD, 2] = new CpuidResult(256, 576, 0, 0);
        cpu.Cpuid[0xD, 9] = new CpuidResult(8, 2688, 0, 0);
        return cpu;
    }

    public void Dispose() => Pages.Dispose();
}
