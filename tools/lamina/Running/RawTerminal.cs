using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lamina.Cli.Running;

/// <summary>
/// The user's terminal giving every key as it is pressed, Ctrl-C too; put back as it was when disposed. By termios(3) itself: .NET sets a terminal
/// anew whenever a child that shares it ends, stty among them.
/// </summary>
internal sealed partial class RawTerminal : IDisposable
{
    private const int StandardInput = 0;
    private const int AfterOutput = 1; // TCSADRAIN

    /// <summary>Linux's struct termios begins with the words c_iflag and c_oflag, and has 60 bytes.</summary>
    private const int OutputFlags = 4;
    private const int TermiosLength = 60;
    private const uint ProcessOutput = 1; // OPOST: a line feed goes to the left margin too

    private readonly byte[] _saved;

    private RawTerminal(byte[] saved)
    {
        _saved = saved;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Null if standard input is no terminal.</summary>
    internal static RawTerminal? Enter()
    {
        byte[] settings = new byte[TermiosLength];
        if (GetAttributes(StandardInput, settings) != 0)
            return null;
        var terminal = new RawTerminal([.. settings]);
        MakeRaw(settings);
        BinaryPrimitives.WriteUInt32LittleEndian(settings.AsSpan(OutputFlags), BinaryPrimitives.ReadUInt32LittleEndian(settings.AsSpan(OutputFlags)) | ProcessOutput);
        _ = SetAttributes(StandardInput, AfterOutput, settings);
        return terminal;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Restore();
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Restore();

    private void Restore() => _ = SetAttributes(StandardInput, AfterOutput, _saved);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, [Out] byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] settings);
}
