namespace Lamina.Bench;

/// <summary>One measured thing and what it costs elsewhere; all in ticks of the guest's TSC, where known.</summary>
public sealed class Figure
{
    /// <summary>The name in the guest's line <c>bench NAME TICKS</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is, for the table.</summary>
    public string Title { get; set; } = "";

    /// <summary>Once measured on the emulator with no hypervisor.</summary>
    public long? Direct { get; set; }

    /// <summary>Under Linux KVM.</summary>
    public long? Kvm { get; set; }

    /// <summary>Under Xen.</summary>
    public long? Xen { get; set; }

    /// <summary>The most that it may cost under Lamina.</summary>
    public long? Limit { get; set; }

    /// <summary>The most that it may cost under Lamina, as a multiple of this run's direct figure.</summary>
    public double? LimitOfDirect { get; set; }

    /// <summary>The limit in ticks, given this run's direct figure; null where there is none.</summary>
    public long? LimitFor(long? direct) => Limit ?? (LimitOfDirect is double factor && direct is long ticks ? (long)(ticks * factor) : null);
}
