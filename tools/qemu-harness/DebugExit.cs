namespace Lamina.QemuHarness;

/// <summary>A port that ends the emulator with a value: QEMU's isa-debug-exit, and what stands for it in Bochs.</summary>
public static class DebugExit
{
    /// <summary>What the hypervisor writes when all is well, every VM having powered off. All other values are failures.</summary>
    public const int Success = 0x10;

    /// <summary>What it writes when it has panicked, or refused the machine.</summary>
    public const int Panic = 0x20;

    /// <summary>QEMU's device.</summary>
    internal const string Device = "isa-debug-exit,iobase=0xf4,iosize=4";

    /// <summary>The boot parameters that tell the hypervisor of it.</summary>
    /// <remarks>
    /// Bochs ends when "Shutdown" is written to its port 0x8900, and always with the same exit code. So the value goes to port 0xE9 before, from where
    /// Bochs passes it on to its standard output.
    /// </remarks>
    public static string Parameters(Emulator emulator) => emulator == Emulator.Bochs ? "debug-exit=0xe9 bochs-shutdown=1" : "debug-exit=0xf4";

    /// <summary>The value that was written, from QEMU's exit code, which is <c>(value &lt;&lt; 1) | 1</c>.</summary>
    internal static int Value(int exitCode) => exitCode >> 1;
}
