using System.Threading;

namespace Lamina.Host;

/// <summary>
/// The end: something in the hypervisor itself is broken, and no VM alone can be ended for it. It says what, with all registers and the stack by function
/// names, straight to the serial port and the screen, then ends the machine. Nothing here allocates, and nothing is waited for without bound. All other CPUs are stopped first.
/// </summary>
public static unsafe class Panic
{
    private static PanicConsole? s_console;
    private static FaultReport? s_report;
    private static BootParameters? s_parameters;
    private static HostCpu[] s_cpus = [];
    private static HostCpu? s_failingCpu;
    private static int s_failing;
    private static int s_stopped;

    // An NMI takes a microsecond, in an emulator on a busy machine some milliseconds. A CPU that does not stop is not waited for any longer.
    private const int MostPolls = 10_000_000;

    /// <summary>Whether the machine is to end whatever VM is served: it was asked for, or is under way.</summary>
    public static bool IsDue { get; private set; }

    /// <summary>Says where a panic goes to, and how the machine is ended then. Before that a panic only stops the CPU.</summary>
    public static void Prepare(PanicConsole console, FaultReport report, BootParameters parameters)
    {
        s_console = console;
        s_report = report;
        s_parameters = parameters;
    }

    /// <summary>Says which CPUs run, to be stopped.</summary>
    public static void Prepare(HostCpu[] cpus) => s_cpus = cpus;

    /// <summary>Whether a CPU that gets an NMI is to stop for good, as the machine ends.</summary>
    public static bool IsOfAnother(HostCpu? cpu) => Volatile.Read(ref s_failing) != 0 && !ReferenceEquals(cpu, s_failingCpu);

    /// <summary>Stops this CPU for good, as <see cref="IsOfAnother"/>.</summary>
    public static void StopForAnother()
    {
        Interlocked.Increment(ref s_stopped);
        Instructions.Halt();
    }

    /// <summary>
    /// The corelib's fault sink: code cannot go on. It goes on to <see cref="FaultContainment"/> and the panic by an exception, so that the registers are those
    /// of the fault.
    /// </summary>
    public static void OnFault(int reason, string? message)
    {
        ReportOf(HostCpu.Current)?.Announce(FaultText.OfReason(reason), message);
        Instructions.RaiseUndefined();
    }

    /// <summary>Ends the machine for a reason that is not an exception.</summary>
    public static void Stop(string reason)
    {
        IsDue = true;
        ReportOf(HostCpu.Current)?.Announce(reason, null);
        Instructions.RaiseUndefined();
    }

    /// <summary>Reports an exception of our own code, and ends the machine.</summary>
    public static void Stop(InterruptFrame* frame, HostCpu? cpu)
    {
        PanicConsole? console = s_console;
        // The second one is a fault of the panic itself, or another CPU's, and the machine ends already.
        if (console == null || Interlocked.Exchange(ref s_failing, 1) != 0)
            Instructions.Halt();
        s_failingCpu = cpu;
        IsDue = true;
        foreach (HostCpu other in s_cpus)
        {
            if (other != cpu)
                other.SendNmi();
        }

        // What they print would come between, and out of a ring that two read.
        for (int i = 0; i < MostPolls && Volatile.Read(ref s_stopped) < s_cpus.Length - 1; i++)
            Instructions.Pause();
        console!.Begin();
        if (cpu != null && cpu.Index != 0)
            console.Text("panic: on CPU ").Decimal((ulong)cpu.Index).EndLine();
        ReportOf(cpu)!.Write(console, "panic: ", frame);
        console.Text("the machine stops here").EndLine();
        EmulatorExit.TryEnd(s_parameters!, EmulatorExit.Panic);
        Instructions.Halt();
    }

    private static FaultReport? ReportOf(HostCpu? cpu) => cpu?.Report ?? s_report;
}
