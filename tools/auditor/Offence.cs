namespace Lamina.Auditor;

/// <summary>Something that must not be in an image.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Where">The function or section.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record Offence(OffenceKind Kind, string Where, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Where}: {What}";
}
