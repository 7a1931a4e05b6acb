using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace Lamina.GuestBuilder;

/// <summary>Runs a tool of Debian's (apt-get, dpkg-deb, xz, nasm …) and gives back what it wrote.</summary>
internal static class HostTool
{
    /// <summary>Runs <paramref name="tool"/> to its end and returns its standard output as text.</summary>
    /// <exception cref="GuestBuildException">The tool is missing or failed.</exception>
    public static string Run(string tool, string[] arguments, string? workingDirectory = null)
    {
        using var output = new MemoryStream();
        Pipe(tool, arguments, ReadOnlyMemory<byte>.Empty, output, workingDirectory);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Runs <paramref name="tool"/> with <paramref name="input"/> on its standard input, and copies its standard output.</summary>
    /// <exception cref="GuestBuildException">The tool is missing or failed.</exception>
    public static void Pipe(string tool, string[] arguments, ReadOnlyMemory<byte> input, Stream output, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("SOURCE_DATE_EPOCH");   // mksquashfs is told the times, and takes no second word on them
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new GuestBuildException($"{tool} is not installed; it comes from Debian's packages.");
        }
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task feed = Task.Run(() => Feed(process, input));
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            feed.Wait();
            if (process.ExitCode != 0)
                throw new GuestBuildException($"{tool} {string.Join(' ', arguments)} failed with {process.ExitCode}: {errors.Result.Trim()}");
        }
    }

    private static void Feed(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input.Span);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The tool ended before it read all of its input; its exit code says whether that was an error.
        }
    }
}
