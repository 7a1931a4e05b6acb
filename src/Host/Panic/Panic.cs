namespace Lamina.Host;

/// <summary>The end: something in the hypervisor itself is broken. Says what, then stops the machine.</summary>
public static unsafe class Panic
{
    /// <summary>Reports an exception of our own code, and stops.</summary>
    public static void Stop(InterruptFrame* frame) => Instructions.Halt();
}
