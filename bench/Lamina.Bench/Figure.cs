namespace Lamina.Bench;

/// <summary>One measured thing and what it costs elsewhere; all in ticks of the guest's TSC, where known.</summary>
public sealed class Figure
{
    /// <summary>The name in the guest's line <c>bench NAME TICKS</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is, for the table.</summary>
    public string Title { get; set; } = "";

    /// <summary>Once measured on the emulator with no hypervisor.</summary>
    public decimal? Direct { get; set; }

    /// <summary>Whether it is of one byte: the guest's line has thousandths of a tick then.</summary>
    public bool IsPerByte { get; set; }

    /// <summary>Under Linux KVM; devices and wires are QEMU's then.</summary>
    public decimal? Kvm { get; set; }

    /// <summary>Under Linux KVM, where devices and wires are in its kernel (vhost).</summary>
    public decimal? Vhost { get; set; }

    /// <summary>Under Xen.</summary>
    public decimal? Xen { get; set; }

    /// <summary>The most that it may cost under Lamina.</summary>
    public decimal? Limit { get; set; }

    /// <summary>The most that it may cost under Lamina, as a multiple of this run's direct figure.</summary>
    public decimal? LimitOfDirect { get; set; }

    /// <summary>The limit in ticks, given this run's direct figure; null where there is none.</summary>
    public decimal? LimitFor(decimal? direct) => Limit ?? (LimitOfDirect is decimal factor && direct is decimal ticks ? decimal.Floor(ticks * factor) : null);

    /// <summary>The ticks that the guest's line says.</summary>
    public decimal TicksOf(long printed) => IsPerByte ? printed / 1000m : printed;
}
