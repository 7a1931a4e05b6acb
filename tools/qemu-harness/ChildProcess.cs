using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>Starts a program that dies with this process, also when this process is killed and can clean up nothing.</summary>
internal static class ChildProcess
{
    /// <summary>util-linux's setpriv sets PR_SET_PDEATHSIG (prctl(2)), then becomes the program.</summary>
    private const string SetPriv = "/usr/bin/setpriv";

    /// <summary>Starts the program. Do not dispose of the process: a thread here waits on it until it ends.</summary>
    /// <exception cref="HarnessException">It is not installed.</exception>
    internal static Process Start(ProcessStartInfo start)
    {
        if (!File.Exists(SetPriv))
            return HostTool.Start(start);
        var wrapped = new ProcessStartInfo(SetPriv, ["--pdeathsig", "KILL", "--", start.FileName, .. start.ArgumentList])
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardInput = start.RedirectStandardInput,
            RedirectStandardOutput = start.RedirectStandardOutput,
            RedirectStandardError = start.RedirectStandardError,
        };
        // The signal comes when the thread ends that started the program, so this one lives as long as the program does.
        var started = new TaskCompletionSource<Process>();
        new Thread(() => Run(wrapped, started)) { IsBackground = true, Name = start.FileName }.Start();
        return started.Task.GetAwaiter().GetResult();
    }

    private static void Run(ProcessStartInfo start, TaskCompletionSource<Process> started)
    {
        try
        {
            Process process = HostTool.Start(start);
            started.SetResult(process);
            process.WaitForExit();
        }
        catch (HarnessException exception)
        {
            started.SetException(exception);
        }
    }
}
