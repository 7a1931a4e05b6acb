namespace Lamina.Host;

/// <summary>Ends the emulator, where the boot parameters say that there is one.</summary>
public static class EmulatorExit
{
    /// <summary>The value that says that all is well; any other is a failure.</summary>
    public const uint Success = 0x10;

    /// <summary>The value that says that the hypervisor has panicked.</summary>
    public const uint Panic = 0x20;

    private const ushort BochsShutdownPort = 0x8900;

    private static System.ReadOnlySpan<byte> BochsWord => "Shutdown"u8;

    /// <summary>Ends the emulator with a value, as far as it can tell it. Returns when there is none.</summary>
    public static void TryEnd(BootParameters parameters, uint value)
    {
        if (parameters.DebugExitPort != 0)
            Instructions.WritePort32(parameters.DebugExitPort, value);
        if (!parameters.HasBochsShutdown)
            return;
        foreach (byte letter in BochsWord)
            Instructions.WritePort8(BochsShutdownPort, letter);
    }
}
