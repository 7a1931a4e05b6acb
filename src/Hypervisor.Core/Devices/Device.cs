namespace Lamina.Core;

/// <summary>
/// Virtual hardware of one VM. Its methods run on the exit way, on the one CPU that has the VM's devices: no allocation, no throw,
/// bounded work. From the exit's switch to here is one virtual call; a vCPU on another CPU comes by <see cref="DeviceRequests"/>, so there is no lock.
/// </summary>
public abstract class Device
{
    /// <summary>A short name for reports and counters, such as "8254".</summary>
    public abstract string Name { get; }

    /// <summary>Whether it has a name, which is ASCII; a dash stands for a blank too.</summary>
    public bool IsNamed(System.ReadOnlySpan<byte> name) => IsName(Name, name);

    /// <summary>Whether a device's name is meant by <paramref name="asked"/>: as <see cref="IsNamed"/>, for what is a device of another kind.</summary>
    public static bool IsName(string name, System.ReadOnlySpan<byte> asked)
    {
        if (asked.Length != name.Length) return false;
        for (int i = 0; i < asked.Length; i++)
            if (asked[i] != name[i] && (asked[i] != '-' || name[i] != ' ')) return false;
        return true;
    }

    /// <summary>Puts it into its power-on state, lines lowered, deadlines withdrawn.</summary>
    public abstract void Reset();

    /// <summary>
    /// Reads a port that the device is registered for. <paramref name="size"/> is 1, 2 or 4 bytes; the result's higher bytes are ignored.
    /// A device of 8-bit registers answers a wider access with ones above, or as its data sheet says.
    /// </summary>
    public virtual uint ReadPort(ushort port, int size) => uint.MaxValue;

    /// <summary>
    /// Whether a vCPU on another CPU need not wait until its write of a port is done, as nothing that it does next could tell: doorbells. By any CPU.
    /// </summary>
    public virtual bool PostsWrite(ushort port) => false;

    /// <summary>Writes a port that the device is registered for.</summary>
    public virtual void WritePort(ushort port, int size, uint value) { }

    /// <summary>
    /// Reads from a memory range that the device is registered for: <paramref name="offset"/> from its start, <paramref name="size"/> 1, 2, 4 or 8
    /// bytes, not crossing the range's end, aligned or not.
    /// </summary>
    public virtual ulong ReadMemory(ulong offset, int size) => ulong.MaxValue;

    /// <summary>Writes to a memory range that the device is registered for; as <see cref="ReadMemory"/>.</summary>
    public virtual void WriteMemory(ulong offset, int size, ulong value) { }
}
