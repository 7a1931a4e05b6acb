namespace Lamina.Host;

/// <summary>A timer whose frequency is known, to measure the TSC against. It counts up and wraps at <see cref="Mask"/>.</summary>
public abstract class ReferenceTimer
{
    /// <summary>Its name for the log.</summary>
    public abstract string Name { get; }

    /// <summary>Ticks a second, in Hz.</summary>
    public abstract ulong Frequency { get; }

    /// <summary>The highest count: 2^n - 1.</summary>
    public abstract uint Mask { get; }

    /// <summary>The count now.</summary>
    public abstract uint Read();

    /// <summary>The TSC now, in the same breath.</summary>
    public virtual ulong ReadTsc() => Instructions.ReadTimestamp();
}
