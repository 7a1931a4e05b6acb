namespace Lamina.Vmx;

/// <summary>
/// The VMCSs of the CPU that calls: VMREAD, VMWRITE, VMPTRLD, VMCLEAR; INVEPT, INVVPID. Those that change which VM is meant, or what it may reach, cannot fail
/// with the operands that they are given here; one that did would leave another VM's, and stops the machine.
/// </summary>
internal sealed class CurrentVmcs : Vmcs
{
    /// <inheritdoc/>
    protected override ulong ReadField(uint encoding) => WorldSwitch.Read(encoding);

    /// <inheritdoc/>
    protected override void WriteField(uint encoding, ulong value) => WorldSwitch.Write(encoding, value);

    /// <inheritdoc/>
    public override void Select(ulong physical) => Require(WorldSwitch.Select(physical));

    /// <inheritdoc/>
    public override void Clear(ulong physical) => Require(WorldSwitch.Clear(physical));

    /// <inheritdoc/>
    internal override void InvalidateEpt(InvalidationType type, ulong eptPointer) => Require(WorldSwitch.InvalidateEpt(type, eptPointer));

    /// <inheritdoc/>
    internal override void InvalidateVpid(InvalidationType type, ulong vpid) => Require(WorldSwitch.InvalidateVpid(type, vpid));

    private static void Require(bool done)
    {
        if (!done) WorldSwitch.Stop();
    }
}
