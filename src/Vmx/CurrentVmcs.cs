namespace Lamina.Vmx;

/// <summary>The VMCSs of the CPU that calls: VMREAD, VMWRITE, VMPTRLD, VMCLEAR; INVEPT, INVVPID.</summary>
internal sealed class CurrentVmcs : Vmcs
{
    /// <inheritdoc/>
    protected override ulong ReadField(uint encoding) => WorldSwitch.Read(encoding);

    /// <inheritdoc/>
    protected override void WriteField(uint encoding, ulong value) => WorldSwitch.Write(encoding, value);

    /// <inheritdoc/>
    public override void Select(ulong physical) => WorldSwitch.Select(physical);

    /// <inheritdoc/>
    public override void Clear(ulong physical) => WorldSwitch.Clear(physical);

    /// <inheritdoc/>
    internal override void InvalidateEpt(InvalidationType type, ulong eptPointer) => WorldSwitch.InvalidateEpt(type, eptPointer);

    /// <inheritdoc/>
    internal override void InvalidateVpid(InvalidationType type, ulong vpid) => WorldSwitch.InvalidateVpid(type, vpid);
}
