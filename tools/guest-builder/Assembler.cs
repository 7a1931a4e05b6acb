using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>nasm, for programs and kernels that are one flat file each.</summary>
internal static class Assembler
{
    /// <summary>How the names of its sources end.</summary>
    internal const string Extension = ".asm";

    /// <summary>Assembles <paramref name="source"/>, which may include what lies in the directories <paramref name="includes"/>, to the file <paramref name="output"/>.</summary>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    internal static void Assemble(string source, string output, params string[] includes) =>
        HostTool.Run("nasm", ["-f", "bin", "-w+all", "-w+error", .. includes.Select(directory => "-I" + directory + Path.DirectorySeparatorChar), "-o", output, source]);

    /// <summary>Assembles <paramref name="source"/> and returns the bytes.</summary>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    internal static byte[] Assemble(string source)
    {
        string output = Path.GetTempFileName();
        try
        {
            Assemble(source, output, Path.GetDirectoryName(source)!);
            return File.ReadAllBytes(output);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
