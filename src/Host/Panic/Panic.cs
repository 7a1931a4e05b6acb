namespace Lamina.Host;

/// <summary>
/// The end: something in the hypervisor itself is broken, and no VM alone can be ended for it. It says what, with all registers and the stack by function
/// names, straight to the serial port and the screen, then ends the machine. Nothing here allocates, and nothing is waited for without bound.
/// </summary>
public static unsafe class Panic
{
    private static PanicConsole? s_console;
    private static FaultReport? s_report;
    private static BootParameters? s_parameters;
    private static bool s_failing;

    /// <summary>Whether the machine is to end whatever VM is served: it was asked for, or is under way.</summary>
    public static bool IsDue { get; private set; }

    /// <summary>Says where a panic goes to, and how the machine is ended then. Before that a panic only stops the CPU.</summary>
    public static void Prepare(PanicConsole console, FaultReport report, BootParameters parameters)
    {
        s_console = console;
        s_report = report;
        s_parameters = parameters;
    }

    /// <summary>
    /// The corelib's fault sink: code cannot go on. It goes on to <see cref="FaultContainment"/> and the panic by an exception, so that the registers are those
    /// of the fault.
    /// </summary>
    public static void OnFault(int reason, string? message)
    {
        s_report?.Announce(FaultText.OfReason(reason), message);
        Instructions.RaiseUndefined();
    }

    /// <summary>Ends the machine for a reason that is not an exception.</summary>
    public static void Stop(string reason)
    {
        IsDue = true;
        s_report?.Announce(reason, null);
        Instructions.RaiseUndefined();
    }

    /// <summary>Reports an exception of our own code, and ends the machine.</summary>
    public static void Stop(InterruptFrame* frame)
    {
        PanicConsole? console = s_console;
        if (console == null || s_failing)
            Instructions.Halt();
        s_failing = true;
        IsDue = true;
        console!.Begin();
        s_report!.Write(console, "panic: ", frame);
        console.Text("the machine stops here").EndLine();
        EmulatorExit.TryEnd(s_parameters!, EmulatorExit.Panic);
        Instructions.Halt();
    }
}
