namespace Lamina.QemuHarness;

/// <summary>QEMU's isa-debug-exit: a port that ends the emulator when it is written.</summary>
public static class DebugExit
{
    /// <summary>What the hypervisor writes when all is well, every VM having powered off. All other values are failures.</summary>
    public const int Success = 0x10;

    /// <summary>What it writes when it has panicked.</summary>
    public const int Panic = 0x20;

    /// <summary>The boot parameter that tells the hypervisor of the port.</summary>
    public const string Parameter = "debug-exit=0xf4";

    /// <summary>The device.</summary>
    internal const string Device = "isa-debug-exit,iobase=0xf4,iosize=4";

    /// <summary>The value that was written, from QEMU's exit code, which is <c>(value &lt;&lt; 1) | 1</c>.</summary>
    internal static int Value(int exitCode) => exitCode >> 1;
}
