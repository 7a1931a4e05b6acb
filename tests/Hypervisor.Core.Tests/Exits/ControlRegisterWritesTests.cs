using System;
using System.Linq;
using Lamina.Testing;

namespace Lamina.Core.Tests;

/// <summary>MOV to CR0, CR4 and CR8, where it exits (Intel SDM vol. 2, "MOV—Move to/from Control Registers"): done, or #GP(0) and nothing has changed.</summary>
public sealed class ControlRegisterWritesTests : IDisposable
{
    private const ulong Rip = 0x1000, RootTable = 0x2020;
    private const byte Rbx = 3, Length = 3;
    private const Cr0 Protected = Cr0.ProtectionEnable | Cr0.ExtensionType, Paged = Protected | Cr0.Paging;
    private const Efer LongMode = Efer.LongModeEnable | Efer.LongModeActive;
    private const SegmentAttributes Code = (SegmentAttributes)0x9B, Task16 = (SegmentAttributes)0x83, Task32 = (SegmentAttributes)0x8B;

    private readonly TestMachine _machine = new(cpuid: new FakeCpuid { [0x8000_0000] = new(0x8000_0008, 0, 0, 0), [0x8000_0008] = new(0x3027, 0, 0, 0) });

    /// <summary>Protected mode without paging, 32-bit code.</summary>
    public ControlRegisterWritesTests()
    {
        State.Cr0 = Protected;
        State.Cr3 = RootTable;
        State.Rip = Rip;
        SetCode(SegmentAttributes.Default32);
        State.SetSegment(SegmentName.Tr, new SegmentRegister(0, Task32, 0x67, 0));
    }

    public void Dispose() => _machine.Dispose();

    private FakeVcpuState State => _machine.States[0];

    private VirtualCpu Vcpu => _machine.Machine.Vcpus[0];

    private void SetCode(SegmentAttributes size) => State.SetSegment(SegmentName.Cs, new SegmentRegister(0x10, Code | size, uint.MaxValue, 0));

    private void EnterLongMode(SegmentAttributes codeSize = SegmentAttributes.Long)
    {
        State.Cr0 = Paged;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = LongMode;
        SetCode(codeSize);
    }

    private void WriteRoot(params ulong[] entries)
    {
        for (int i = 0; i < entries.Length; i++) _machine.Machine.Memory.TryWrite((State.Cr3 & ~0x1FUL) + (ulong)i * 8, entries[i]).Should().BeTrue();
    }

    private bool Write(byte register, ulong value)
    {
        State.Registers[Rbx] = value;
        State.Injected.Clear();
        State.Rip = Rip;
        VmExit exit = new() { Kind = VmExitKind.WriteControlRegister, ControlRegister = register, GeneralRegister = Rbx, InstructionLength = Length };
        ExitDispatcher.Handle(_machine.Cpu, Vcpu, ref exit);
        Vcpu.DeliverEvents();
        _machine.Machine.StopRequest.Should().Be(VmStopReason.None);
        if (State.Rip == Rip + Length) return State.Injected.Count == 0;
        State.Rip.Should().Be(Rip);
        State.Injected.Should().Equal(VcpuEvent.Exception(ExceptionVector.GeneralProtection, 0));
        return false;
    }

    private void Takes(Cr0 value, Cr0 then, Efer efer)
    {
        Write(0, (ulong)value).Should().BeTrue();
        State.Cr0.Should().Be(then);
        State.Efer.Should().Be(efer);
    }

    private void Refuses(byte register, ulong value)
    {
        var before = (State.Cr0, State.Cr3, State.Cr4, State.Efer, Vcpu.Apic.TaskPriorityClass);
        var root = State.PageDirectoryPointers?.ToArray();
        Write(register, value).Should().BeFalse();
        (State.Cr0, State.Cr3, State.Cr4, State.Efer, Vcpu.Apic.TaskPriorityClass).Should().Be(before);
        State.PageDirectoryPointers.Should().Equal(root);
    }

    private void Refuses(Cr0 value) => Refuses(0, (ulong)value);

    private void Refuses(Cr4 value) => Refuses(4, (ulong)value);

    [Fact]
    public void ReservedBitsOfCr0AreIgnoredAndEtStays()
    {
        SetCode(SegmentAttributes.Default32);
        Takes((Cr0)(0x1FFA_FFC0u | (uint)Cr0.ProtectionEnable), Protected, 0);
        Takes(Cr0.ProtectionEnable | Cr0.NumericError | Cr0.WriteProtect | Cr0.AlignmentMask | Cr0.CacheDisable | Cr0.NotWriteThrough,
            Protected | Cr0.NumericError | Cr0.WriteProtect | Cr0.AlignmentMask | Cr0.CacheDisable | Cr0.NotWriteThrough, 0);
        Takes(0, Cr0.ExtensionType, 0);
    }

    [Fact]
    public void TheUpperHalfOfCr0IsReserved()
    {
        EnterLongMode();
        Refuses(Paged | (Cr0)(1UL << 32));
        Refuses(Paged | (Cr0)(1UL << 63));
    }

    /// <summary>Outside of 64-bit code the operand has 32 bits, whatever 64-bit code left above them.</summary>
    [Theory]
    [InlineData(0, (ulong)(Protected | Cr0.NumericError))]
    [InlineData(4, (ulong)Cr4.PageSizeExtensions)]
    [InlineData(8, 5UL)]
    public void TheOperandHas32BitsOutsideOf64BitCode(byte register, ulong value) => Write(register, 0xFFFF_FFFF_0000_0000 | value).Should().BeTrue();

    [Theory]
    [InlineData(Cr0.Paging)]
    [InlineData(Cr0.ProtectionEnable | Cr0.NotWriteThrough)]
    public void CombinationsThatAreNoneAreRefused(Cr0 value) => Refuses(value);

    [Fact]
    public void PagingWithoutPaeOrLmeIsOf32Bits()
    {
        Takes(Paged, Paged, 0);
        State.PageDirectoryPointers.Should().BeNull();
        Takes(Protected, Protected, 0);
    }

    [Fact]
    public void PagingWithLmeIsLongMode()
    {
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable | Efer.NoExecuteEnable;
        Takes(Paged, Paged, LongMode | Efer.NoExecuteEnable);
        State.PageDirectoryPointers.Should().BeNull("long mode has none");
        SetCode(SegmentAttributes.Long);
        Takes(Paged | Cr0.NumericError | Cr0.CacheDisable, Paged | Cr0.NumericError | Cr0.CacheDisable, LongMode | Efer.NoExecuteEnable);
        SetCode(SegmentAttributes.Default32);
        Takes(Protected, Protected, Efer.LongModeEnable | Efer.NoExecuteEnable);
    }

    [Fact]
    public void LongModeDoesNotBeginWithoutPae()
    {
        State.Efer = Efer.LongModeEnable;
        Refuses(Paged);
    }

    [Fact]
    public void LongModeDoesNotBeginIn64BitCode()
    {
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable;
        SetCode(SegmentAttributes.Long);
        Refuses(Paged);
    }

    [Fact]
    public void LongModeDoesNotBeginWithA16BitTask()
    {
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable;
        State.SetSegment(SegmentName.Tr, new SegmentRegister(0, Task16, 0x2B, 0));
        Refuses(Paged);
    }

    [Fact]
    public void LongModeDoesNotEndIn64BitCode()
    {
        EnterLongMode();
        Refuses(Protected);
        Refuses((Cr0)0);
    }

    [Fact]
    public void PagingDoesNotEndWithPcids()
    {
        EnterLongMode(SegmentAttributes.Default32);
        State.Cr4 |= Cr4.ProcessContextIdentifiers;
        Refuses(Protected);
        State.Cr4 &= ~Cr4.ProcessContextIdentifiers;
        Takes(Protected, Protected, Efer.LongModeEnable);
    }

    [Fact]
    public void WhatIsNotOfferedOfCr4IsReserved()
    {
        State.OfferedCr4 = Cr4.PhysicalAddressExtension | Cr4.PageSizeExtensions | Cr4.MachineCheckEnable;
        Refuses(Cr4.VmxEnable);
        Refuses(Cr4.PageSizeExtensions | Cr4.LinearAddress57);
        Write(4, (ulong)(Cr4.PageSizeExtensions | Cr4.MachineCheckEnable)).Should().BeTrue();
        State.Cr4.Should().Be(Cr4.PageSizeExtensions | Cr4.MachineCheckEnable);
        EnterLongMode();
        Refuses(Cr4.PhysicalAddressExtension | (Cr4)(1UL << 32));
    }

    [Fact]
    public void LongModeKeepsPae()
    {
        EnterLongMode();
        Refuses((Cr4)0);
        Refuses(Cr4.MachineCheckEnable);
        Write(4, (ulong)(Cr4.PhysicalAddressExtension | Cr4.MachineCheckEnable)).Should().BeTrue();
        State.Cr4.Should().Be(Cr4.PhysicalAddressExtension | Cr4.MachineCheckEnable);
        State.PageDirectoryPointers.Should().BeNull();
    }

    [Fact]
    public void PcidsBeginInLongModeWithNoneInCr3()
    {
        const Cr4 with = Cr4.PhysicalAddressExtension | Cr4.ProcessContextIdentifiers;
        State.Cr3 = 0x3000;
        Refuses(Cr4.ProcessContextIdentifiers);
        EnterLongMode();
        State.Cr3 = 0x3001;
        Refuses(with);
        State.Cr3 = 0x3800;
        Refuses(with);
        State.Cr3 = 0x3000;
        Write(4, (ulong)with).Should().BeTrue();
        State.Cr3 = 0x3005;
        Write(4, (ulong)(with | Cr4.MachineCheckEnable)).Should().BeTrue("they have begun");
        Write(4, (ulong)Cr4.PhysicalAddressExtension).Should().BeTrue();
    }

    /// <summary>By either register: paging begins, or PAE does under paging.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void PaesRootEntriesAreLoaded(byte register)
    {
        ulong[] entries = [0x7F_FFFF_F001, 0, 0xFFFF_FFFF_FFFF_FFFE, 0x5019 | 0xE00];
        State.Cr3 = RootTable | 0x18;
        WriteRoot(entries);
        if (register == 0) State.Cr4 = Cr4.PhysicalAddressExtension;
        else State.Cr0 = Paged;
        Write(register, register == 0 ? (ulong)Paged : (ulong)Cr4.PhysicalAddressExtension).Should().BeTrue();
        State.PageDirectoryPointers.Should().Equal(entries);
    }

    [Theory]
    [InlineData(1 << 1)]
    [InlineData(1 << 2)]
    [InlineData(1 << 5)]
    [InlineData(1 << 6)]
    [InlineData(1 << 7)]
    [InlineData(1 << 8)]
    [InlineData(1UL << 39)]
    [InlineData(1UL << 52)]
    [InlineData(1UL << 63)]
    public void APresentRootEntryWithAReservedBitIsRefused(ulong bit)
    {
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.SetPageDirectoryPointer(0, 0xAAAA);
        WriteRoot(0x1001, 0x2001, 0x3001, 0x4001 | bit);
        Refuses(Paged);
        WriteRoot(0x1001, 0x2001, 0x3001, 0x4000 | bit);
        Write(0, (ulong)Paged).Should().BeTrue("it is not present");
        State.PageDirectoryPointers.Should().Equal(0x1001, 0x2001, 0x3001, 0x4000 | bit);
    }

    [Fact]
    public void ARootTableBeyondMemoryIsRefused()
    {
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Cr3 = 1 << 20;
        Refuses(Paged);
        State.Cr3 = (1 << 20) - 0x10 & ~0x1FUL;
        Write(0, (ulong)Paged).Should().BeTrue("all of it lies below");
    }

    /// <summary>Bits whose change makes the CPU read them anew, and others (Intel SDM vol. 3, 4.4.1).</summary>
    [Theory]
    [InlineData((Cr0)0, Cr4.PageGlobalEnable, true)]
    [InlineData((Cr0)0, Cr4.PageSizeExtensions, true)]
    [InlineData((Cr0)0, Cr4.SupervisorExecutionPrevention, true)]
    [InlineData(Cr0.CacheDisable, (Cr4)0, true)]
    [InlineData(Cr0.CacheDisable | Cr0.NotWriteThrough, (Cr4)0, true)]
    [InlineData(Cr0.WriteProtect, (Cr4)0, false)]
    [InlineData((Cr0)0, Cr4.MachineCheckEnable, false)]
    public void TheyAreLoadedAgainWhenTheCpuWould(Cr0 cr0, Cr4 cr4, bool reloads)
    {
        State.Cr0 = Paged;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        WriteRoot(0x1001, 0x2001, 0x3001, 0x4001);
        (cr4 == 0 ? Write(0, (ulong)(Paged | cr0)) : Write(4, (ulong)(Cr4.PhysicalAddressExtension | cr4))).Should().BeTrue();
        (State.PageDirectoryPointers is not null).Should().Be(reloads);
    }

    [Fact]
    public void TheTaskPriorityHasFourBits()
    {
        EnterLongMode();
        Write(8, 15).Should().BeTrue();
        Vcpu.Apic.TaskPriorityClass.Should().Be(15);
        Refuses(8, 16);
        Refuses(8, 1UL << 32);
        Write(8, 0).Should().BeTrue();
        Vcpu.Apic.TaskPriorityClass.Should().Be(0);
    }

    [Fact]
    public void TheTaskPriorityIsRead()
    {
        Vcpu.Apic.TaskPriorityClass = 9;
        State.Registers[Rbx] = ulong.MaxValue;
        VmExit exit = new() { Kind = VmExitKind.ReadControlRegister, ControlRegister = 8, GeneralRegister = Rbx, InstructionLength = Length };
        ExitDispatcher.Handle(_machine.Cpu, Vcpu, ref exit);
        State.Registers[Rbx].Should().Be(9);
        State.Rip.Should().Be(Rip + Length);
    }
}
