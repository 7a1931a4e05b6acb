namespace Lamina.Core;

/// <summary>A VM's second-level translation, GPA to HPA: nested page tables or EPT. Room Ept implements it.</summary>
public abstract class GuestAddressSpace
{
    /// <summary>
    /// Maps [gpa, gpa + length) to [hpa, hpa + length) in the largest pages that fit, write-back. All three are multiples of 4096.
    /// False when the hypervisor has no page left for a table; what was mapped until then stays.
    /// </summary>
    public abstract bool TryMap(ulong gpa, ulong hpa, ulong length, MemoryAccess access);

    /// <summary>Unmaps [gpa, gpa + length). Every vCPU that may have the translations cached must flush before it runs on.</summary>
    public abstract bool TryUnmap(ulong gpa, ulong length);

    /// <summary>HPA of the root table.</summary>
    public abstract ulong Root { get; }

    /// <summary>How many pages the tables take.</summary>
    public abstract int TablePages { get; }

    /// <summary>Gives all tables back; the address space is not used again.</summary>
    public abstract void Free();
}
