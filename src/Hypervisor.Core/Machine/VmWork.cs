namespace Lamina.Core;

/// <summary>
/// Something that waits to be done for a VM outside of its own exits, such as putting what has come for it into its memory, or the rest of what one exit would not do. It is
/// done before the VM's next entry, on the CPU that runs it, its memory mapped, and at its cost. Made once by its owner, with the device, then posted as often as wanted,
/// without allocation.
/// </summary>
public abstract class VmWork
{
    internal VmWork? Next { get; set; }

    /// <summary>Whether it waits to be done.</summary>
    public bool IsPosted { get; internal set; }

    /// <summary>
    /// Does a bounded part, posted no more. What is left it posts again (<see cref="VirtualMachine.Post"/>), and it is gone on with before the entry after the next. As all on
    /// the exit way it allocates nothing and throws nothing. The device may have been reset since it was posted.
    /// </summary>
    protected abstract void Run();

    internal void RunOnce()
    {
        IsPosted = false;
        Run();
    }
}
