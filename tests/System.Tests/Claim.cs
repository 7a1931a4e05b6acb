namespace Lamina.SystemTests;

/// <summary>What is to be true of an account, and what is.</summary>
/// <param name="What">For people.</param>
/// <param name="Due">What is to be.</param>
/// <param name="Share">What is.</param>
internal sealed record Claim(string What, Part Due, double Share)
{
    /// <summary>Whether it is true.</summary>
    internal bool IsKept => Due.IsKeptBy(Share);

    /// <inheritdoc/>
    public override string ToString() => $"{(IsKept ? "" : "NOT KEPT: ")}{What}: {Due.Beside(Share)}";
}
