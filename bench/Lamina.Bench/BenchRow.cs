namespace Lamina.Bench;

/// <summary>A figure as this run measured it, in ticks of the guest's TSC; null where the guest printed none.</summary>
public sealed record BenchRow(Figure Figure, decimal? Direct, decimal? Lamina)
{
    /// <summary>The most that Lamina may take, if there is a limit.</summary>
    public decimal? Limit => Figure.LimitFor(Direct);

    /// <summary>Whether the limit is kept. A figure that has a limit and was not printed is not.</summary>
    public bool IsMet => (Figure.Limit == null && Figure.LimitOfDirect == null) || (Lamina is decimal ticks && ticks <= Limit);
}
