using System.Runtime;
using System.Runtime.CompilerServices;

namespace Lamina.Conformance;

/// <summary>The metal: lines go to COM1, and a fault comes back to where the code was called (Metal.asm).</summary>
internal sealed unsafe class MetalPlatform : Platform
{
    // The harness takes it for ours from the first line that begins so.
    private const string Prefix = "[lamina] ";

    private static bool s_isTrying;

    /// <summary>Firmware enters here, by src/Boot's entry stub, in the high half.</summary>
    [RuntimeExport("EfiStart")]
    private static void Start()
    {
        nuint size = Memory(out byte* memory);
        RuntimeInitialize(memory, size);
        CatchDivisions();
        FaultSetSink(&Caught);
        Suite.Run(new MetalPlatform());
        Exit();
    }

    /// <inheritdoc/>
    public override void Line(string text)
    {
        Print(Prefix);
        Print(text);
        Print("\r\n");
    }

    /// <inheritdoc/>
    public override string FaultOf(delegate*<void> code)
    {
        s_isTrying = true;
        int reason = Try(code);
        s_isTrying = false;
        return FaultNames.OfReason(reason);
    }

    private static void Caught(int reason, string? message)
    {
        if (s_isTrying)
            Catch(reason);
        Print(string.Concat(Prefix, "ended by a fault: ", FaultNames.OfReason(reason), message) + "\r\n");
        Exit();
    }

    private static void Print(string text)
    {
        foreach (char c in text)
            Out((byte)c);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceOut")]
    private static extern void Out(byte value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceExit")]
    private static extern void Exit();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceMemory")]
    private static extern nuint Memory(out byte* memory);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceCatchDivisions")]
    private static extern void CatchDivisions();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceTry")]
    private static extern int Try(delegate*<void> code);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ConformanceCatch")]
    private static extern void Catch(int reason);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeInitialize")]
    private static extern void RuntimeInitialize(byte* memory, nuint size);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "FaultSetSink")]
    private static extern void FaultSetSink(delegate*<int, string?, void> sink);
}
