using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

public class ExitDecoderTests
{
    private readonly FakeVmcs _vmcs = new();

    private VmExit Decode(in ExitFields fields)
    {
        VmExit exit = new() { InstructionLength = 99, InstructionByteCount = 99, AddressSize = 99, InterruptedEvent = VcpuEvent.Nmi() };
        ExitDecoder.Decode(fields, _vmcs, ref exit);
        return exit;
    }

    [Theory]
    [InlineData(VmxExitReason.ExternalInterrupt, VmExitKind.HostInterrupt)]
    [InlineData(VmxExitReason.TripleFault, VmExitKind.Shutdown)]
    [InlineData(VmxExitReason.Init, VmExitKind.HostInit)]
    [InlineData(VmxExitReason.InterruptWindow, VmExitKind.InterruptWindow)]
    [InlineData(VmxExitReason.NmiWindow, VmExitKind.NmiWindow)]
    [InlineData(VmxExitReason.TaskSwitch, VmExitKind.TaskSwitch)]
    [InlineData(VmxExitReason.Cpuid, VmExitKind.Cpuid)]
    [InlineData(VmxExitReason.Hlt, VmExitKind.Halt)]
    [InlineData(VmxExitReason.Invd, VmExitKind.InvalidateCaches)]
    [InlineData(VmxExitReason.Wbinvd, VmExitKind.InvalidateCaches)]
    [InlineData(VmxExitReason.Rdpmc, VmExitKind.ReadPerformanceCounter)]
    [InlineData(VmxExitReason.Vmcall, VmExitKind.Hypercall)]
    [InlineData(VmxExitReason.ReadMsr, VmExitKind.ReadMsr)]
    [InlineData(VmxExitReason.WriteMsr, VmExitKind.WriteMsr)]
    [InlineData(VmxExitReason.Mwait, VmExitKind.Mwait)]
    [InlineData(VmxExitReason.Monitor, VmExitKind.Monitor)]
    [InlineData(VmxExitReason.Pause, VmExitKind.Pause)]
    [InlineData(VmxExitReason.Xsetbv, VmExitKind.SetXcr)]
    [InlineData(VmxExitReason.Vmxon, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Vmlaunch, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Invept, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Invvpid, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Rsm, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.Xsaves, VmExitKind.VirtualizationInstruction)]
    [InlineData(VmxExitReason.EptMisconfiguration, VmExitKind.Unknown)]
    [InlineData((VmxExitReason)0x1234, VmExitKind.Unknown)]
    public void EachReasonHasItsKind(VmxExitReason reason, VmExitKind kind)
    {
        var exit = Decode(VmxFixture.Exit(reason, length: 3));
        exit.Kind.Should().Be(kind);
        exit.RawReason.Should().Be((ulong)reason);
        exit.InstructionLength.Should().Be(3);
        exit.InstructionByteCount.Should().Be(0);
        exit.InterruptedEvent.IsValid.Should().BeFalse();
    }

    [Theory]
    [InlineData(0x0000_0000UL, 0, 0, VmExitKind.WriteControlRegister)]
    [InlineData(0x0000_0404UL, 4, 4, VmExitKind.WriteControlRegister)]
    [InlineData(0x0000_0F08UL, 8, 15, VmExitKind.WriteControlRegister)]
    [InlineData(0x0000_0318UL, 8, 3, VmExitKind.ReadControlRegister)]
    [InlineData(0x0000_0020UL, 0, 0, VmExitKind.Unknown)]
    public void AMoveNamesBothRegisters(ulong qualification, byte control, byte general, VmExitKind kind)
    {
        var exit = Decode(VmxFixture.Exit(VmxExitReason.ControlRegister, qualification, length: 3));
        exit.Kind.Should().Be(kind);
        exit.ControlRegister.Should().Be(control);
        exit.GeneralRegister.Should().Be(general);
    }

    [Theory]
    [InlineData(0x03F8_0008UL, 0x3F8, 1, PortAccess.In)]                                                // IN AL, DX
    [InlineData(0x0CF8_0003UL, 0xCF8, 4, PortAccess.None)]                                              // OUT DX, EAX
    [InlineData(0x01F0_0039UL, 0x1F0, 2, PortAccess.In | PortAccess.String | PortAccess.Repeat)]        // REP INSW
    [InlineData(0x0070_0050UL, 0x70, 1, PortAccess.String)]                                             // OUTSB; bit 6: the port is an immediate
    public void APortExitIsTakenApart(ulong qualification, ushort port, byte size, PortAccess access)
    {
        var exit = Decode(VmxFixture.Exit(VmxExitReason.PortIo, qualification, length: 2));
        exit.Kind.Should().Be(VmExitKind.PortIo);
        exit.Port.Should().Be(port);
        exit.PortSize.Should().Be(size);
        exit.AddressSize.Should().Be(0, "it has to be decoded");
        exit.PortAccess.Should().Be(access);
        exit.InstructionLength.Should().Be(2);
    }

    [Theory]
    [InlineData(0x181UL, MemoryAccess.Read, false)]
    [InlineData(0x182UL, MemoryAccess.Write, false)]
    [InlineData(0x183UL, MemoryAccess.Write, false)]
    [InlineData(0x184UL, MemoryAccess.Execute, false)]
    [InlineData(0x083UL, MemoryAccess.Write, true)]
    [InlineData(0x001UL, MemoryAccess.Read, false)]                                                     // no linear address: MOV to CR3
    public void AnEptViolationSaysWhatWasTried(ulong qualification, MemoryAccess access, bool walk)
    {
        _vmcs.Write(VmcsField64.GuestPhysicalAddress, 0xFEE0_0080);
        var exit = Decode(VmxFixture.Exit(VmxExitReason.EptViolation, qualification, length: 7));
        exit.Kind.Should().Be(VmExitKind.SecondLevelFault);
        exit.GuestPhysical.Should().Be(0xFEE0_0080);
        exit.Access.Should().Be(access);
        exit.DuringPageWalk.Should().Be(walk);
        exit.InstructionLength.Should().Be(0, "it need not be this instruction's");
    }

    [Theory]
    [InlineData(0x8000_0B11u, ExceptionVector.AlignmentCheck, true)]
    [InlineData(0x8000_0301u, ExceptionVector.Debug, false)]
    [InlineData(0x8000_0501u, ExceptionVector.Debug, false)]                                            // INT1
    public void AnExceptionComesWithItsErrorCode(uint information, ExceptionVector vector, bool hasErrorCode)
    {
        _vmcs.Write(VmcsField32.ExitInterruption, information);
        _vmcs.Write(VmcsField32.ExitInterruptionErrorCode, 0x1A);
        var exit = Decode(VmxFixture.Exit(VmxExitReason.ExceptionOrNmi, 0x4001, length: 1));
        exit.Kind.Should().Be(VmExitKind.Exception);
        exit.Event.Should().Be(hasErrorCode ? VcpuEvent.Exception(vector, 0x1A) : VcpuEvent.Exception(vector));
        exit.FaultAddress.Should().Be(0x4001);
        exit.InstructionLength.Should().Be(0);
    }

    [Theory]
    [InlineData(0x8000_0202u, VmExitKind.HostNmi)]
    [InlineData(0x8000_0312u, VmExitKind.HostMachineCheck)]
    public void NmisAndMachineChecksAreTheHosts(uint information, VmExitKind kind)
    {
        _vmcs.Write(VmcsField32.ExitInterruption, information);
        Decode(VmxFixture.Exit(VmxExitReason.ExceptionOrNmi)).Kind.Should().Be(kind);
    }

    [Theory]
    [InlineData(0x8000_0B0Eu, EventKind.Exception, 0x18u)]
    [InlineData(0x8000_0030u, EventKind.Interrupt, 0u)]
    [InlineData(0x8000_0202u, EventKind.NonMaskableInterrupt, 0u)]
    [InlineData(0x8000_0480u, EventKind.SoftwareInterrupt, 0u)]
    [InlineData(0x8000_0501u, EventKind.SoftwareInterrupt, 0u)]
    [InlineData(0x8000_0603u, EventKind.SoftwareInterrupt, 0u)]
    public void AnInterruptedEventIsTold(uint information, EventKind kind, uint errorCode)
    {
        _vmcs.Write(VmcsField32.IdtVectoringErrorCode, 0x18);
        var interrupted = Decode(VmxFixture.Exit(VmxExitReason.EptViolation, 0x181, idtVectoring: information)).InterruptedEvent;
        interrupted.IsValid.Should().BeTrue();
        interrupted.Kind.Should().Be(kind);
        interrupted.Vector.Should().Be((byte)information);
        interrupted.ErrorCode.Should().Be(errorCode);
    }

    [Theory]
    [InlineData(VmxExitReason.InvalidGuestState, VmExitKind.EntryFailed)]
    [InlineData(VmxExitReason.MsrLoading, VmExitKind.EntryFailed)]
    [InlineData(VmxExitReason.MachineCheckAtEntry, VmExitKind.HostMachineCheck)]
    public void AFailedEntryInterruptsNothing(VmxExitReason reason, VmExitKind kind)
    {
        var exit = Decode(VmxFixture.Exit(reason, idtVectoring: 0x8000_0030, failsEntry: true));
        exit.Kind.Should().Be(kind);
        exit.InterruptedEvent.IsValid.Should().BeFalse("that is of the exit before");
    }

    [Fact]
    public void ARefusalGivesTheInstructionsError()
    {
        VmExit exit = new() { InterruptedEvent = VcpuEvent.Nmi() };
        _vmcs.Write(VmcsField32.InstructionError, (uint)VmxInstructionError.EntryControls);
        ExitDecoder.DecodeRefusal(_vmcs, EntryResult.Refused, ref exit);
        exit.Kind.Should().Be(VmExitKind.EntryFailed);
        exit.RawInfo1.Should().Be((ulong)VmxInstructionError.EntryControls);
        exit.InterruptedEvent.IsValid.Should().BeFalse();
        ExitDecoder.DecodeRefusal(_vmcs, EntryResult.NotTried, ref exit);
        exit.RawInfo1.Should().Be(0, "no instruction failed");
    }

    [Fact]
    public void NothingThatHardwareSaysMakesTheDecoderFault() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Reason, ulong Qualification, uint Length, uint Event, uint Interruption)>(), raw =>
        {
            _vmcs.Write(VmcsField32.ExitInterruption, raw.Interruption);
            var exit = Decode(VmxFixture.Exit((VmxExitReason)(raw.Reason % 80), raw.Qualification, raw.Length & 15, raw.Event));
            Enum.IsDefined(exit.Kind).Should().BeTrue();
            (exit.InstructionLength <= 15 && exit.InstructionByteCount == 0).Should().BeTrue();
        }).QuickCheckThrowOnFailure();
}
