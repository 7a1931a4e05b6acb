using System.Threading;

namespace Lamina.Host;

/// <summary>The HPET's main counter (IA-PC HPET specification 1.0a, 2.3), its lower 32 bits.</summary>
public sealed unsafe class HighPrecisionTimer : ReferenceTimer
{
    private const int RegistersLength = 0x400;
    private const int PeriodField = 0x04;
    private const int Configuration = 0x10;
    private const int MainCounter = 0xF0;
    private const uint Enable = 1;
    private const ulong FemtosecondsPerSecond = 1_000_000_000_000_000;
    private const uint LongestPeriod = 100_000_000;

    private readonly byte* _registers;

    private HighPrecisionTimer(byte* registers, uint period)
    {
        _registers = registers;
        Frequency = FemtosecondsPerSecond / period;
    }

    /// <inheritdoc/>
    public override string Name => "HPET";

    /// <inheritdoc/>
    public override ulong Frequency { get; }

    /// <inheritdoc/>
    public override uint Mask => uint.MaxValue;

    /// <summary>Starts the timer at an HPA, with no interrupts.</summary>
    /// <returns>Null when there is none, or its period is impossible.</returns>
    public static HighPrecisionTimer? Open(HostAddressSpace space, ulong address)
    {
        if (address == 0 || !space.TryMapDevice(address, RegistersLength, out byte* registers))
            return null;
        uint period = Volatile.Read(ref *(uint*)(registers + PeriodField));
        if (period is 0 or > LongestPeriod)
            return null;
        Volatile.Write(ref *(uint*)(registers + Configuration), Enable);
        return new HighPrecisionTimer(registers, period);
    }

    /// <inheritdoc/>
    public override uint Read() => Volatile.Read(ref *(uint*)(_registers + MainCounter));
}
