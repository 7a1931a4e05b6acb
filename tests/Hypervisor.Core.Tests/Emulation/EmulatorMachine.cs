using System;
using System.Buffers.Binary;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests.Emulation;

/// <summary>
/// A VM with a vCPU in 64-bit mode at CPL 0, its page tables in RAM and made by the test, and a device of two pages where there is no RAM.
/// </summary>
public sealed class EmulatorMachine : IDisposable
{
    public const ulong DevicePhysical = 0x4000_0000;
    public const int PageSize = 4096;
    private const int RamLength = 1 << 20;
    private const ulong RootTable = 0x1000;
    private const ulong TableBits = (ulong)(PageEntry.Present | PageEntry.Write | PageEntry.User);

    /// <summary>Where 64-bit code lies: two pages.</summary>
    public const ulong Code = 0xFFFF_8000_0010_0000;
    public const ulong CodePhysical = 0x8_0000;
    /// <summary>A page of RAM for code to reach.</summary>
    public const ulong Ram = 0x20_0000;
    public const ulong RamPhysical = 0x9_0000;
    /// <summary>The device's first page.</summary>
    public const ulong Mmio = 0x30_0000;

    private readonly TestMachine _machine;
    private readonly int _vcpu;
    private ulong _nextTable = RootTable + PageSize;

    /// <summary>Its only vCPU is the one, on the devices' CPU.</summary>
    public EmulatorMachine() : this(new TestMachine(RamLength), 0) { }

    /// <summary>vCPU 1 is the one, and lives on <paramref name="home"/>; <paramref name="devices"/> has the devices.</summary>
    public EmulatorMachine(FakeCpu devices, FakeCpu home) : this(new TestMachine(RamLength, vcpus: 2, homes: [devices, home]), 1) { }

    private EmulatorMachine(TestMachine machine, int vcpu)
    {
        _machine = machine;
        _vcpu = vcpu;
        State.Cr0 = Cr0.Paging | Cr0.ProtectionEnable | Cr0.WriteProtect;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable | Efer.LongModeActive | Efer.NoExecuteEnable;
        State.Cr3 = RootTable;
        State.Rflags = Rflags.AlwaysOne;
        const SegmentAttributes code = SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.Code | SegmentAttributes.ReadableOrWritable;
        State.SetSegment(SegmentName.Cs, new SegmentRegister(8, code | SegmentAttributes.Long, uint.MaxValue, 0));
        Device = new MemoryDevice(2 * PageSize);
        Machine.Mmio.TryRegister(Device, DevicePhysical, 2 * PageSize).Should().BeTrue();
        Vcpu.Activity = VcpuActivity.Running;
    }

    public MemoryDevice Device { get; }
    public VirtualMachine Machine => _machine.Machine;
    public VirtualCpu Vcpu => Machine.Vcpus[_vcpu];
    public FakeVcpuState State => _machine.States[_vcpu];
    public TestMachine Test => _machine;
    public Span<byte> Memory => _machine.Memory;

    /// <summary>Maps a page of 4 KiB: writable, for users too, executable, unless said otherwise. Returns the GPA of its entry.</summary>
    public ulong Map(ulong linear, ulong physical, PageEntry bits = PageEntry.Present | PageEntry.Write | PageEntry.User)
    {
        ulong table = RootTable;
        for (int level = 4; level > 1; level--)
        {
            ulong address = table + (linear >> (12 + 9 * (level - 1)) & 511) * 8;
            ulong entry = ReadMemory(address);
            if (entry == 0)
            {
                entry = _nextTable | TableBits;
                _nextTable += PageSize;
                WriteMemory(address, entry);
            }
            table = entry & (ulong)PageEntry.AddressMask;
        }
        ulong last = table + (linear >> 12 & 511) * 8;
        WriteMemory(last, physical | (ulong)bits);
        return last;
    }

    public ulong ReadMemory(ulong gpa) => BinaryPrimitives.ReadUInt64LittleEndian(Memory[(int)gpa..]);

    public void WriteMemory(ulong gpa, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Memory[(int)gpa..], value);

    /// <summary>Maps code, RAM and device, and puts code at RIP.</summary>
    public void Place(ReadOnlySpan<byte> code, ulong offset = 0)
    {
        Map(Code, CodePhysical);
        Map(Code + PageSize, CodePhysical + PageSize);
        Map(Ram, RamPhysical);
        Map(Mmio, DevicePhysical);
        code.CopyTo(Memory[(int)(CodePhysical + offset)..]);
        State.Rip = Code + offset;
    }

    /// <summary>Leaves long mode for flat protected mode without paging, with code of 32 or 16 bits at GPA <see cref="CodePhysical"/>.</summary>
    public void EnterProtectedMode(int bitness, ReadOnlySpan<byte> code)
    {
        State.Cr0 = Cr0.ProtectionEnable;
        State.Efer = 0;
        const SegmentAttributes flat = SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.ReadableOrWritable;
        var size = bitness == 32 ? SegmentAttributes.Default32 : SegmentAttributes.None;
        State.SetSegment(SegmentName.Cs, new SegmentRegister(8, flat | SegmentAttributes.Code | size, uint.MaxValue, 0));
        foreach (var name in new[] { SegmentName.Ds, SegmentName.Es, SegmentName.Ss, SegmentName.Fs, SegmentName.Gs })
            State.SetSegment(name, new SegmentRegister(16, flat | size, uint.MaxValue, 0));
        code.CopyTo(Memory[(int)CodePhysical..]);
        State.Rip = CodePhysical;
    }

    /// <summary>The exit of an access to the device at an offset.</summary>
    public static VmExit DeviceExit(ulong offset, MemoryAccess access) =>
        new() { Kind = VmExitKind.SecondLevelFault, GuestPhysical = DevicePhysical + offset, Access = access };

    /// <summary>The exception that waits for the vCPU, as the next entry would inject it; none is a default one.</summary>
    public VcpuEvent TakeException()
    {
        State.Injected.Clear();
        Vcpu.DeliverEvents();
        return State.Injected.Count == 0 ? default : State.Injected[0];
    }

    public void Dispose() => _machine.Dispose();
}
