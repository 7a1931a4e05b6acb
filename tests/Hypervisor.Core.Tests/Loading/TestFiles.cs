using System;
using System.Text;

namespace Lamina.Core.Tests.Loading;

/// <summary>Boot files in arrays.</summary>
internal sealed class TestFiles(byte[] kernel, string commandLine = "", params (byte[] Bytes, string CommandLine)[] modules) : BootFiles
{
    private readonly byte[] _commandLine = Encoding.ASCII.GetBytes(commandLine);

    public override ReadOnlySpan<byte> Kernel => kernel;
    public override ReadOnlySpan<byte> CommandLine => _commandLine;
    public override int ModuleCount => modules.Length;
    public override ReadOnlySpan<byte> Module(int index) => modules[index].Bytes;
    public override ReadOnlySpan<byte> ModuleCommandLine(int index) => Encoding.ASCII.GetBytes(modules[index].CommandLine);
}
