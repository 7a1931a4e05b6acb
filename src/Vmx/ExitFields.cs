using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>What nearly every exit looks at, as WorldSwitch.asm reads it from the VMCS: 64 bits each, whatever the field's width.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExitFields
{
    /// <summary>The guest's RIP.</summary>
    internal ulong Rip;
    /// <summary>The guest's RSP.</summary>
    internal ulong Rsp;
    /// <summary>The guest's RFLAGS.</summary>
    internal Rflags Rflags;
    private ulong _interruptibility;
    private ulong _reason;
    /// <summary>The exit qualification.</summary>
    internal ulong Qualification;
    /// <summary>Bytes of the instruction that exited, for the exits that have one.</summary>
    internal ulong InstructionLength;
    private ulong _idtVectoring;

    /// <summary>RSP of the host as the VMCS holds it.</summary>
    internal ulong HostRsp;

    /// <summary>What holds interrupts off.</summary>
    internal Interruptibility Interruptibility
    {
        readonly get => (Interruptibility)_interruptibility;
        set => _interruptibility = (ulong)value;
    }

    /// <summary>The exit reason.</summary>
    internal readonly ExitReasonField Reason => new((uint)_reason);

    /// <summary>The event whose delivery the exit interrupted.</summary>
    internal readonly EventInformation IdtVectoring => new((uint)_idtVectoring);
}
