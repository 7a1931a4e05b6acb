namespace Lamina.Vmx;

/// <summary>
/// The current VMCS of this CPU, and what goes with it (Intel SDM vol. 3, 25.1, 25.11.2 and 31.3). Its fields are reached by their encodings alone, each in its
/// width. A field that the CPU does not have reads as 0, and is not written.
/// </summary>
public abstract class Vmcs
{
    /// <summary>VMREAD.</summary>
    protected abstract ulong ReadField(uint encoding);

    /// <summary>VMWRITE.</summary>
    protected abstract void WriteField(uint encoding, ulong value);

    /// <summary>VMPTRLD: makes a VMCS (HPA) the current one.</summary>
    public abstract void Select(ulong physical);

    /// <summary>VMCLEAR: the CPU puts all that it keeps of a VMCS (HPA) into memory, and forgets it; the next entry is a VMLAUNCH.</summary>
    public abstract void Clear(ulong physical);

    /// <summary>INVEPT: drops the translations of an EPT pointer, or of all.</summary>
    internal abstract void InvalidateEpt(InvalidationType type, ulong eptPointer);

    /// <summary>INVVPID: drops the translations of a VPID, or of all.</summary>
    internal abstract void InvalidateVpid(InvalidationType type, ulong vpid);

    /// <summary>Reads a 16-bit field.</summary>
    public ushort Read(VmcsField16 field) => (ushort)ReadField((uint)field);

    /// <summary>Reads a 32-bit field.</summary>
    public uint Read(VmcsField32 field) => (uint)ReadField((uint)field);

    /// <summary>Reads a 64-bit field.</summary>
    public ulong Read(VmcsField64 field) => ReadField((uint)field);

    /// <summary>Reads a field as wide as a register.</summary>
    public ulong Read(VmcsFieldNatural field) => ReadField((uint)field);

    /// <summary>Writes a 16-bit field.</summary>
    public void Write(VmcsField16 field, ushort value) => WriteField((uint)field, value);

    /// <summary>Writes a 32-bit field.</summary>
    public void Write(VmcsField32 field, uint value) => WriteField((uint)field, value);

    /// <summary>Writes a 64-bit field.</summary>
    public void Write(VmcsField64 field, ulong value) => WriteField((uint)field, value);

    /// <summary>Writes a field as wide as a register.</summary>
    public void Write(VmcsFieldNatural field, ulong value) => WriteField((uint)field, value);
}
