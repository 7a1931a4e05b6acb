namespace Lamina.Core;

/// <summary>Why a VM stops, or starts again.</summary>
public enum VmStopReason : byte
{
    /// <summary>It has not stopped.</summary>
    None,
    /// <summary>The guest switched itself off.</summary>
    PowerOff,
    /// <summary>The guest asked for a reset.</summary>
    Reset,
    /// <summary>A triple fault: a failure, after which the restart policy decides. (On a PC it would be a reset.)</summary>
    TripleFault,
    /// <summary>An instruction that meets a device and is not emulated.</summary>
    UnsupportedInstruction,
    /// <summary>An exit that is not handled.</summary>
    UnhandledExit,
    /// <summary>The control block was refused by the hardware.</summary>
    EntryFailed,
    /// <summary>The supervisor wants it back, from another CPU, to end it or to have it go on elsewhere. Any other reason counts more.</summary>
    CalledBack,
    /// <summary>A fault of the hypervisor's own code while it handled this VM's exit.</summary>
    HypervisorFault,
}
