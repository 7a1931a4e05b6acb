using System.Diagnostics;
using System.Threading;

namespace Lamina.Host;

/// <summary>
/// Lets one CPU at a time at something that several share and that has no owner: the machine's memory.
/// <para>
/// The rule: interrupts are off, as they always are in our code, so whoever holds it is never interrupted and gives it back within a stated, short time; nothing is waited for, cleared or
/// called back while it is held; no CPU takes it that holds it already, and none takes another with it. Nothing on the way of an ordinary exit takes it. A fault
/// while it is held must end the machine: it would never be given back.
/// </para>
/// <para>There is no order among those that wait: they are few, and come to it when VMs are built and end.</para>
/// </summary>
public sealed class CpuLock
{
    private int _held;

    /// <summary>Whether a CPU holds it, not necessarily the one that asks.</summary>
    public bool IsHeld => Volatile.Read(ref _held) != 0;

    /// <summary>Any CPU: waits until no other holds it, and holds it.</summary>
    public void Enter()
    {
        while (Interlocked.Exchange(ref _held, 1) != 0)
        {
            // Only reads, so that the cache line stays shared until it is given back.
            while (IsHeld)
            {
            }
        }
    }

    /// <summary>Its holder: gives it back. What it wrote is seen by the next.</summary>
    public void Leave()
    {
        Debug.Assert(IsHeld);
        Volatile.Write(ref _held, 0);
    }
}
