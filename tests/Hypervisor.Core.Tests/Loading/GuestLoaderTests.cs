using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Core.Tests.Loading;

public sealed class GuestLoaderTests : IDisposable
{
    private const ulong Rsdp = 0xE_0000;
    private const int MemoryLength = 16 << 20;
    private readonly TestMemory _memory = new(MemoryLength);
    private readonly FakeVcpuState _state = new();

    public void Dispose() => _memory.Dispose();

    private LoadResult Load(BootProtocol protocol, BootFiles files) => GuestLoader.Load(protocol, files, _memory.Guest, Rsdp, _state);
    private Span<byte> At(ulong gpa) => _memory.Bytes[(int)gpa..];
    private uint U32(ulong gpa) => BinaryPrimitives.ReadUInt32LittleEndian(At(gpa));
    private ulong U64(ulong gpa) => BinaryPrimitives.ReadUInt64LittleEndian(At(gpa));

    private string Text(ulong gpa)
    {
        var bytes = At(gpa);
        return Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    [Fact]
    public void StructuresAreAsTheirProtocolsSay()
    {
        Unsafe.SizeOf<LinuxSetupHeader>().Should().Be(0x268 - 0x1F1);
        Unsafe.SizeOf<MemoryMapEntry>().Should().Be(20);
        Unsafe.SizeOf<PvhStartInfo>().Should().Be(56);
        Unsafe.SizeOf<PvhModule>().Should().Be(32);
        Unsafe.SizeOf<PvhMemoryMapEntry>().Should().Be(24);
        Unsafe.SizeOf<MultibootHeader>().Should().Be(32);
        Unsafe.SizeOf<MultibootInformation>().Should().Be(116);
        Unsafe.SizeOf<MultibootModule>().Should().Be(16);
        Unsafe.SizeOf<MultibootMapEntry>().Should().Be(24);
    }

    [Fact]
    public void LinuxIsEnteredInLongModeWithItsParameters()
    {
        var kernel = TestKernels.BzImage();
        _memory.Bytes.Fill(0xCC);
        Load(BootProtocol.Linux, new TestFiles(kernel, "console=ttyS0", ([1, 2, 3], ""), ([4, 5], ""))).Should().Be(LoadResult.Loaded);

        const ulong code = 0x40_0000;
        At(code)[..TestKernels.CodeLength].SequenceEqual(kernel.AsSpan(5 * 512)).Should().BeTrue();
        _state.Rip.Should().Be(code + 0x200);
        _state.Rflags.Should().Be(Rflags.AlwaysOne);
        _state.Cr0.Should().HaveFlag(Cr0.Paging | Cr0.ProtectionEnable);
        _state.Efer.Should().Be(Efer.LongModeEnable | Efer.LongModeActive);
        _state.Is64Bit.Should().BeTrue();
        _state.GetSegment(SegmentName.Cs).Selector.Should().Be(0x10);
        _state.GetSegment(SegmentName.Ds).Selector.Should().Be(0x18);
        var gdtr = _state.GetSegment(SegmentName.Gdtr);
        gdtr.Limit.Should().Be(31);
        (U64(gdtr.Base + 0x10) >> 40 & 0xFF).Should().Be(0x9B);
        (U64(gdtr.Base + 0x10) >> 53 & 1).Should().Be(1, "L");

        ulong parameters = _state.Registers.Rsi;
        U32(parameters + 0x202).Should().Be(0x5372_6448);
        U64(parameters + 0x070).Should().Be(Rsdp);
        At(parameters)[0x1EF].Should().Be(0, "the sentinel");
        At(parameters)[0x210].Should().Be(0xFF);
        Text(U32(parameters + 0x228)).Should().Be("console=ttyS0");
        ulong ramdisk = U32(parameters + 0x218);
        U32(parameters + 0x21C).Should().Be(6);
        ramdisk.Should().Be(MemoryLength - 0x1000);
        At(ramdisk)[..6].ToArray().Should().Equal(1, 2, 3, 0, 4, 5);

        int count = At(parameters)[0x1E8];
        var map = Enumerable.Range(0, count).Select(i => parameters + 0x2D0 + (ulong)i * 20).Select(at => (U64(at), U64(at + 8), U32(at + 16)));
        map.Should().Equal((0, 0xA_0000, 1), (0xE_0000, 0x2_0000, 2), (0x10_0000, MemoryLength - 0x10_0000, 1));
    }

    [Fact]
    public void TheFirst4GiBAreMappedOneToOne()
    {
        Load(BootProtocol.Linux, new TestFiles(TestKernels.BzImage())).Should().Be(LoadResult.Loaded);
        foreach (ulong address in (ulong[])[0, 0x40_0200, 0x3FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
        {
            ulong level3 = U64(_state.Cr3 + (address >> 39) * 8), level2 = U64((level3 & ~0xFFFUL) + (address >> 30 & 511) * 8);
            ulong page = U64((level2 & ~0xFFFUL) + (address >> 21 & 511) * 8);
            (level3 & level2 & page & 3).Should().Be(3);
            (page & 0x80).Should().Be(0x80);
            ((page & ~0x1F_FFFFUL) | (address & 0x1F_FFFF)).Should().Be(address);
        }
    }

    [Fact]
    public void AKernelThatDoesNotFitWhereItWantsIsMovedDown()
    {
        var kernel = TestKernels.BzImage();
        TestKernels.Put64(kernel, 0x258, 0x100_0000);
        Load(BootProtocol.Linux, new TestFiles(kernel)).Should().Be(LoadResult.Loaded);
        _state.Rip.Should().Be(0x20_0200);
        kernel[0x234] = 0;
        Load(BootProtocol.Linux, new TestFiles(kernel)).Should().Be(LoadResult.TooLittleMemory);
    }

    [Fact]
    public void ARamdiskStaysBelowTheKernelsLimitAndAboveTheKernel()
    {
        var kernel = TestKernels.BzImage();
        TestKernels.Put32(kernel, 0x22C, 0x7F_FFFF);
        Load(BootProtocol.Linux, new TestFiles(kernel, "", (new byte[0x1800], ""))).Should().Be(LoadResult.Loaded);
        U32(_state.Registers.Rsi + 0x218).Should().Be(0x7F_E000);
        Load(BootProtocol.Linux, new TestFiles(kernel, "", (new byte[4 << 20], ""))).Should().Be(LoadResult.TooLittleMemory);
    }

    [Fact]
    public void LinuxsOwnLimitsAreHeard()
    {
        Load(BootProtocol.Linux, new TestFiles(TestKernels.BzImage(), new string('x', 2048))).Should().Be(LoadResult.CommandLineTooLong);
        Load(BootProtocol.Linux, new TestFiles(TestKernels.PvhElf64())).Should().Be(LoadResult.NotLinux);
        Load(BootProtocol.Linux, new TestFiles([])).Should().Be(LoadResult.NotLinux);
        var old = TestKernels.BzImage();
        TestKernels.Put16(old, 0x206, 0x020A);
        Load(BootProtocol.Linux, new TestFiles(old)).Should().Be(LoadResult.LinuxTooOld);
        var only32 = TestKernels.BzImage();
        TestKernels.Put16(only32, 0x236, 0);
        Load(BootProtocol.Linux, new TestFiles(only32)).Should().Be(LoadResult.LinuxTooOld);
        Load(BootProtocol.Linux, new TestFiles(TestKernels.BzImage()[..0x900])).Should().Be(LoadResult.Truncated);
    }

    [Fact]
    public void PvhIsEnteredInProtectedModeWithItsStartInformation()
    {
        var kernel = TestKernels.PvhElf64();
        _memory.Bytes.Fill(0xCC);
        Load(BootProtocol.Pvh, new TestFiles(kernel, "root=/dev/vda", ([9, 8, 7], "first"), ([6], ""))).Should().Be(LoadResult.Loaded);

        At(TestKernels.LoadAddress)[..TestKernels.CodeLength].SequenceEqual(kernel.AsSpan(0x1000)).Should().BeTrue();
        At(TestKernels.LoadAddress + TestKernels.CodeLength)[..TestKernels.CodeLength].IndexOfAnyExcept((byte)0).Should().Be(-1, "bss is cleared");
        _state.Rip.Should().Be(TestKernels.LoadAddress + 0x20);
        _state.Cr0.Should().Be(Cr0.ProtectionEnable | Cr0.ExtensionType);
        _state.Cr4.Should().Be(0);
        _state.GetSegment(SegmentName.Cs).Has(SegmentAttributes.Default32 | SegmentAttributes.Code).Should().BeTrue();
        _state.GetSegment(SegmentName.Cs).Has(SegmentAttributes.Long).Should().BeFalse();
        _state.GetSegment(SegmentName.Ss).Limit.Should().Be(uint.MaxValue);

        ulong start = _state.Registers.Rbx;
        U32(start).Should().Be(0x336E_C578);
        U32(start + 4).Should().Be(1);
        U32(start + 12).Should().Be(2);
        ulong modules = U64(start + 16);
        Text(U64(start + 24)).Should().Be("root=/dev/vda");
        U64(start + 32).Should().Be(Rsdp);
        U32(start + 48).Should().Be(3);
        U64(U64(start + 40) + 2 * 24).Should().Be(0x10_0000);
        At(U64(modules))[..3].ToArray().Should().Equal(9, 8, 7);
        U64(modules).Should().Be(TestKernels.LoadAddress + 2 * TestKernels.CodeLength);
        U64(modules + 8).Should().Be(3);
        Text(U64(modules + 16)).Should().Be("first");
        At(U64(modules + 32))[0].Should().Be(6);
    }

    [Fact]
    public void WhatPvhCannotLoadIsSaid()
    {
        Load(BootProtocol.Pvh, new TestFiles(TestKernels.BzImage())).Should().Be(LoadResult.NotElf);
        Load(BootProtocol.Pvh, new TestFiles(TestKernels.MultibootElf32())).Should().Be(LoadResult.NoPvhNote);
        var low = TestKernels.PvhElf64();
        TestKernels.Put64(low, 64 + 24, 0x8000);
        Load(BootProtocol.Pvh, new TestFiles(low)).Should().Be(LoadResult.BelowOneMebibyte);
        var high = TestKernels.PvhElf64();
        TestKernels.Put64(high, 64 + 24, MemoryLength - 0x1000);
        Load(BootProtocol.Pvh, new TestFiles(high)).Should().Be(LoadResult.OutsideMemory);
        Load(BootProtocol.Pvh, new TestFiles(TestKernels.PvhElf64()[..0x2000])).Should().Be(LoadResult.Truncated);
        Load(BootProtocol.Pvh, new TestFiles(TestKernels.PvhElf64(), "", (new byte[MemoryLength - 0x10_0000], ""))).Should().Be(LoadResult.TooLittleMemory);
        Load(BootProtocol.Pvh, new TestFiles(TestKernels.PvhElf64(), new string('x', 700_000))).Should().Be(LoadResult.CommandLineTooLong);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultibootIsEnteredWithItsInformation(bool flat)
    {
        _memory.Bytes.Fill(0xCC);
        var kernel = flat ? TestKernels.MultibootFlat() : TestKernels.MultibootElf32();
        Load(BootProtocol.Multiboot, new TestFiles(kernel, "kernel a=b", ([1, 2, 3], "mod one"))).Should().Be(LoadResult.Loaded);

        At(TestKernels.LoadAddress)[..TestKernels.CodeLength].SequenceEqual(kernel.AsSpan(flat ? 0 : 0x1000)).Should().BeTrue();
        At(TestKernels.LoadAddress + TestKernels.CodeLength)[..0x1000].IndexOfAnyExcept((byte)0).Should().Be(-1, "bss is cleared");
        _state.Rip.Should().Be(TestKernels.LoadAddress + (flat ? 0x200u : 0x40));
        _state.Registers.Rax.Should().Be(0x2BAD_B002);

        ulong information = _state.Registers.Rbx;
        U32(information).Should().Be(1 << 0 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9);
        U32(information + 4).Should().Be(640);
        U32(information + 8).Should().Be(15 * 1024);
        Text(U32(information + 16)).Should().Be("kernel a=b");
        U32(information + 20).Should().Be(1);
        ulong module = U32(information + 24);
        (U32(module) % 0x1000).Should().Be(0);
        U32(module + 4).Should().Be(U32(module) + 3);
        Text(U32(module + 8)).Should().Be("mod one");
        At(U32(module))[..3].ToArray().Should().Equal(1, 2, 3);
        U32(information + 44).Should().Be(3 * 24);
        U32(U32(information + 48)).Should().Be(20);
        U64(U32(information + 48) + 2 * 24 + 4).Should().Be(0x10_0000);
        Text(U32(information + 64)).Should().Be("Lamina");
    }

    [Fact]
    public void WhatMultibootCannotLoadIsSaid()
    {
        Load(BootProtocol.Multiboot, new TestFiles(TestKernels.PvhElf64())).Should().Be(LoadResult.NoMultibootHeader);
        var video = TestKernels.MultibootElf32();
        TestKernels.MultibootHeader(video, 0x1000, 7);
        Load(BootProtocol.Multiboot, new TestFiles(video)).Should().Be(LoadResult.MultibootFeature);
        var checksum = TestKernels.MultibootElf32();
        checksum[0x1008]++;
        Load(BootProtocol.Multiboot, new TestFiles(checksum)).Should().Be(LoadResult.NoMultibootHeader);
        var entry = TestKernels.MultibootFlat();
        TestKernels.Put32(entry, 0x11C, 0x7000);
        Load(BootProtocol.Multiboot, new TestFiles(entry)).Should().Be(LoadResult.BadHeader);
        var shorter = TestKernels.MultibootFlat();
        TestKernels.Put32(shorter, 0x114, (uint)TestKernels.LoadAddress + TestKernels.CodeLength + 1);
        Load(BootProtocol.Multiboot, new TestFiles(shorter)).Should().Be(LoadResult.Truncated);
        var plain = new byte[0x1000];
        TestKernels.MultibootHeader(plain, 0xFF4, 0);
        Load(BootProtocol.Multiboot, new TestFiles(plain)).Should().Be(LoadResult.NotElf);
    }

    [Theory]
    [InlineData(BootProtocol.Linux)]
    [InlineData(BootProtocol.Pvh)]
    [InlineData(BootProtocol.Multiboot)]
    public void AnyBytesAreLoadedOrRefused(BootProtocol protocol)
    {
        byte[][] kernels = [TestKernels.BzImage(), TestKernels.PvhElf64(), TestKernels.MultibootElf32(), TestKernels.MultibootFlat()];
        using var memory = new TestMemory(8 << 20);
        var spoilt = from kernel in Gen.Elements(kernels)
                     from length in Gen.Choose(0, kernel.Length)
                     from edits in Gen.Zip(Gen.Choose(0, 0x1400), Gen.Choose(0, 255)).ArrayOf()
                     select (kernel, length, edits);
        Prop.ForAll(spoilt.ToArbitrary(), spoil =>
        {
            var bytes = spoil.kernel.ToArray();
            foreach (var (at, value) in spoil.edits) bytes[Math.Min(at, bytes.Length - 1)] = (byte)value;
            if (spoil.length % 4 == 0) bytes = bytes[..spoil.length];
            var result = GuestLoader.Load(protocol, new TestFiles(bytes, "x", ([1], "y")), memory.Guest, Rsdp, _state);
            (GuestLoader.Explain(result).Length == 0).Should().Be(result == LoadResult.Loaded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData(0x800_0000UL, 1)]
    [InlineData(0xC000_0000UL, 1)]
    [InlineData(0x1_0000_0000UL, 2)]
    public void RamLeavesThePciHoleFree(ulong bytes, int regions)
    {
        var ram = GuestMemoryMap.RamOf(bytes);
        ram.Should().HaveCount(regions);
        ram.Aggregate(0UL, (sum, region) => sum + region.Length).Should().Be(bytes);
        ram[0].End.Should().BeLessThanOrEqualTo(0xC000_0000);
        if (regions == 2) ram[1].Start.Should().Be(0x1_0000_0000);
    }
}
