using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Svm.Tests;

public class ExitDecoderTests
{
    private const ulong Rip = 0x1000;

    private static VmExit Decode(VmcbControlArea control, bool decodeAssists = false)
    {
        VmExit exit = new() { InstructionLength = 99, InstructionByteCount = 99, InterruptedEvent = VcpuEvent.Nmi() };
        ExitDecoder.Decode(control, Rip, decodeAssists, ref exit);
        return exit;
    }

    [Theory]
    [InlineData(SvmExitCode.Interrupt, VmExitKind.HostInterrupt)]
    [InlineData(SvmExitCode.NonMaskableInterrupt, VmExitKind.HostNmi)]
    [InlineData(SvmExitCode.Init, VmExitKind.HostInit)]
    [InlineData(SvmExitCode.VirtualInterrupt, VmExitKind.InterruptWindow)]
    [InlineData(SvmExitCode.Cpuid, VmExitKind.Cpuid)]
    [InlineData(SvmExitCode.Halt, VmExitKind.Halt)]
    [InlineData(SvmExitCode.Pause, VmExitKind.Pause)]
    [InlineData(SvmExitCode.InvalidateCaches, VmExitKind.InvalidateCaches)]
    [InlineData(SvmExitCode.WriteBackCaches, VmExitKind.InvalidateCaches)]
    [InlineData(SvmExitCode.ReadPerformanceCounter, VmExitKind.ReadPerformanceCounter)]
    [InlineData(SvmExitCode.TaskSwitch, VmExitKind.TaskSwitch)]
    [InlineData(SvmExitCode.Shutdown, VmExitKind.Shutdown)]
    [InlineData(SvmExitCode.Vmmcall, VmExitKind.Hypercall)]
    [InlineData(SvmExitCode.Vmrun, VmExitKind.VirtualizationInstruction)]
    [InlineData(SvmExitCode.Skinit, VmExitKind.VirtualizationInstruction)]
    [InlineData(SvmExitCode.InvalidatePageOfAsid, VmExitKind.VirtualizationInstruction)]
    [InlineData(SvmExitCode.Monitor, VmExitKind.Monitor)]
    [InlineData(SvmExitCode.Mwait, VmExitKind.Mwait)]
    [InlineData(SvmExitCode.SetXcr, VmExitKind.SetXcr)]
    [InlineData(SvmExitCode.Invalid, VmExitKind.EntryFailed)]
    [InlineData(SvmExitCode.Busy, VmExitKind.EntryFailed)]
    [InlineData(SvmExitCode.MachineCheckException, VmExitKind.HostMachineCheck)]
    [InlineData(SvmExitCode.FerrFreeze, VmExitKind.Unknown)]
    [InlineData((SvmExitCode)0x401, VmExitKind.Unknown)]
    public void EachCodeHasItsKind(SvmExitCode code, VmExitKind kind)
    {
        var exit = Decode(new VmcbControlArea { ExitCode = code });
        exit.Kind.Should().Be(kind);
        exit.RawReason.Should().Be((ulong)code);
        exit.InterruptedEvent.IsValid.Should().BeFalse();
        exit.InstructionByteCount.Should().Be(0);
    }

    [Theory]
    [InlineData(0UL, VmExitKind.ReadMsr)]
    [InlineData(1UL, VmExitKind.WriteMsr)]
    public void AnMsrExitIsAReadOrAWrite(ulong info, VmExitKind kind) =>
        Decode(new VmcbControlArea { ExitCode = SvmExitCode.Msr, ExitInfo1 = info }).Kind.Should().Be(kind);

    [Theory]
    [InlineData(0x03F8_0011UL, 0x3F8, 1, 0, PortAccess.In)]                                                   // IN AL, DX
    [InlineData(0x0CF8_0040UL, 0xCF8, 4, 0, PortAccess.None)]                                                 // OUT DX, EAX
    [InlineData(0x01F0_012DUL, 0x1F0, 2, 4, PortAccess.In | PortAccess.String | PortAccess.Repeat)]           // REP INSW, 32-bit address
    [InlineData(0x0070_0214UL, 0x70, 1, 8, PortAccess.String)]                                                // OUTSB, 64-bit address
    public void APortExitIsTakenApart(ulong info, ushort port, byte size, byte addressSize, PortAccess access)
    {
        var exit = Decode(new VmcbControlArea { ExitCode = SvmExitCode.PortIo, ExitInfo1 = info, ExitInfo2 = Rip + 2 });
        exit.Kind.Should().Be(VmExitKind.PortIo);
        exit.Port.Should().Be(port);
        exit.PortSize.Should().Be(size);
        exit.AddressSize.Should().Be(addressSize);
        exit.PortAccess.Should().Be(access);
        exit.InstructionLength.Should().Be(2);
    }

    [Theory]
    [InlineData(Rip + 3, 3)]
    [InlineData(Rip + 15, 15)]
    [InlineData(Rip + 16, 0)]
    [InlineData(Rip - 1, 0)]
    [InlineData(0UL, 0)]
    public void TheLengthIsTheNextRipsWhereThereIsOne(ulong nextRip, byte length) =>
        Decode(new VmcbControlArea { ExitCode = SvmExitCode.Cpuid, NextRip = nextRip }).InstructionLength.Should().Be(length);

    [Theory]
    [InlineData(0x1_0000_0004UL, MemoryAccess.Read, false)]
    [InlineData(0x1_0000_0006UL, MemoryAccess.Write, false)]
    [InlineData(0x1_0000_0014UL, MemoryAccess.Execute, false)]
    [InlineData(0x2_0000_0006UL, MemoryAccess.Write, true)]
    public void ANestedPageFaultSaysWhatWasTried(ulong info, MemoryAccess access, bool walk)
    {
        var exit = Decode(new VmcbControlArea
        {
            ExitCode = SvmExitCode.NestedPageFault, ExitInfo1 = info, ExitInfo2 = 0xFEE0_0080,
            FetchedBytes = 15, InstructionBytesLow = 0x8877_6655_4433_2211,
        });
        exit.Kind.Should().Be(VmExitKind.SecondLevelFault);
        exit.GuestPhysical.Should().Be(0xFEE0_0080);
        exit.Access.Should().Be(access);
        exit.DuringPageWalk.Should().Be(walk);
        exit.InstructionByteCount.Should().Be(15);
        exit.InstructionBytesLow.Should().Be(0x8877_6655_4433_2211);
        exit.InstructionBytesHigh.Should().Be(0);
    }

    [Fact]
    public unsafe void InstructionBytesKeepTheirOrder()
    {
        VmcbControlArea control = new() { ExitCode = SvmExitCode.NestedPageFault };
        for (int i = 0; i <= 15; i++) ((byte*)&control)[0xD0 + i] = (byte)(i == 0 ? 15 : i);
        var exit = Decode(control);
        exit.InstructionBytesLow.Should().Be(0x0807_0605_0403_0201);
        exit.InstructionBytesHigh.Should().Be(0x000F_0E0D_0C0B_0A09);
    }

    [Theory]
    [InlineData(SvmExitCode.ReadCr8, 0x8000_0000_0000_000BUL, true, VmExitKind.ReadControlRegister, 11)]
    [InlineData(SvmExitCode.WriteCr8, 0x8000_0000_0000_0000UL, true, VmExitKind.WriteControlRegister, 0)]
    [InlineData(SvmExitCode.WriteCr8, 0UL, true, VmExitKind.WriteControlRegister, 0xFF)]
    [InlineData(SvmExitCode.WriteCr8, 0UL, false, VmExitKind.WriteControlRegister, 0xFF)]
    public void ACr8ExitNamesItsRegisterWithDecodeAssists(SvmExitCode code, ulong info, bool assists, VmExitKind kind, byte register)
    {
        var exit = Decode(new VmcbControlArea { ExitCode = code, ExitInfo1 = info }, assists);
        exit.Kind.Should().Be(kind);
        exit.ControlRegister.Should().Be(8);
        exit.GeneralRegister.Should().Be(register);
    }

    [Theory]
    [InlineData(ExceptionVector.Debug, false)]
    [InlineData(ExceptionVector.AlignmentCheck, true)]
    [InlineData(ExceptionVector.PageFault, true)]
    [InlineData(ExceptionVector.GeneralProtection, true)]
    [InlineData(ExceptionVector.DoubleFault, true)]
    [InlineData(ExceptionVector.InvalidOpcode, false)]
    public void AnExceptionComesWithItsErrorCode(ExceptionVector vector, bool hasErrorCode)
    {
        var exit = Decode(new VmcbControlArea { ExitCode = SvmExitCode.FirstException + (int)vector, ExitInfo1 = 0x1A, ExitInfo2 = 0xDEAD_B000 });
        exit.Kind.Should().Be(VmExitKind.Exception);
        exit.Event.Should().Be(hasErrorCode ? VcpuEvent.Exception(vector, 0x1A) : VcpuEvent.Exception(vector));
        exit.FaultAddress.Should().Be(0xDEAD_B000);
    }

    [Fact]
    public void AnInterruptedEventIsTold() =>
        Decode(new VmcbControlArea { ExitCode = SvmExitCode.NestedPageFault, InterruptedEvent = new() { Value = 0x0000_0018_8000_0B0E } })
            .InterruptedEvent.Should().Be(VcpuEvent.Exception(ExceptionVector.PageFault, 0x18));

    [Fact]
    public void EveryEventComesBackFromTheHardwaresWords() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Vector, byte Kind, bool HasErrorCode, uint ErrorCode)>(), raw =>
        {
            var @event = new VcpuEvent
            {
                IsValid = true, Vector = raw.Vector, Kind = (EventKind)(raw.Kind & 7), HasErrorCode = raw.HasErrorCode,
                ErrorCode = raw.HasErrorCode ? raw.ErrorCode : 0,
            };
            EventInjection.From(@event).ToEvent().Should().Be(@event);
            EventInjection.From(@event).IsValid.Should().BeTrue();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void NoVmcbMakesTheDecoderFault() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(long Code, ulong Info1, ulong Info2, ulong Event)>(), raw =>
        {
            var exit = Decode(new VmcbControlArea
            {
                ExitCode = (SvmExitCode)(raw.Code % 0x410), ExitInfo1 = raw.Info1, ExitInfo2 = raw.Info2, InterruptedEvent = new() { Value = raw.Event },
            });
            Enum.IsDefined(exit.Kind).Should().BeTrue();
            (exit.InstructionLength <= 15 && exit.InstructionByteCount <= 15).Should().BeTrue();
        }).QuickCheckThrowOnFailure();
}
