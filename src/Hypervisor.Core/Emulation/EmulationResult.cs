namespace Lamina.Core;

/// <summary>What came of an emulated instruction.</summary>
public enum EmulationResult : byte
{
    /// <summary>It was carried out and RIP moved on.</summary>
    Done,
    /// <summary>It did a bounded part (of a REP) and will go on at the same RIP.</summary>
    Partial,
    /// <summary>It raised an exception, which is queued on the vCPU; RIP stays.</summary>
    Faulted,
    /// <summary>The bytes are not what caused the exit any more (the guest changed them), or memory moved: run the guest again.</summary>
    Retry,
    /// <summary>The vCPU has to wait for a device on another CPU (<see cref="DeviceRequests"/>): nothing has changed since the last element, and the exit is handled anew.</summary>
    Waiting,
    /// <summary>Not an instruction that is carried out here: the VM ends with a report of its bytes.</summary>
    Unsupported,
}
