using System;

namespace Lamina.SystemTests;

/// <summary>What a VM is to have of something that others want too, and how far it may be off.</summary>
/// <param name="Share">As a part of the whole.</param>
/// <param name="Tolerance">As a part of <paramref name="Share"/>.</param>
internal sealed record Part(double Share, double Tolerance)
{
    /// <summary>How far a part that a weight gives may be off.</summary>
    private const double OfWeight = 0.05;

    /// <summary>How far a part that a cap gives may be off.</summary>
    private const double OfCap = 0.02;

    /// <summary>A part that a weight gives.</summary>
    internal static Part ByWeight(double share) => new(share, OfWeight);

    /// <summary>A part that a cap gives.</summary>
    internal static Part ByCap(double share) => new(share, OfCap);

    /// <summary>Whether a share is this part, to within the tolerance.</summary>
    internal bool IsKeptBy(double share) => Math.Abs(share - Share) <= Share * Tolerance;

    /// <summary>A share beside this part, for people.</summary>
    internal string Beside(double share) => $"{share:P2}, {Share:P2} due ({share / Share - 1:P2})";
}
