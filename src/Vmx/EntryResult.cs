namespace Lamina.Vmx;

/// <summary>How VMLAUNCH or VMRESUME ended (Intel SDM vol. 3, 31.2).</summary>
internal enum EntryResult : ulong
{
    /// <summary>The guest ran, or was refused for its state: the exit reason says which.</summary>
    Exited = 0,
    /// <summary>VMfailValid: the controls or the host's state are refused; the instruction error says why.</summary>
    Refused = 1,
    /// <summary>VMfailInvalid: there is no current VMCS.</summary>
    NoVmcs = 2,
    /// <summary>It was not tried: the CPU would run the guest in another mode than the one it is in.</summary>
    NotTried = 3,
}
