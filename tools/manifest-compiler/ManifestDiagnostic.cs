namespace Lamina.Manifests;

/// <summary>An error in a manifest.</summary>
/// <param name="File">The manifest as the user named it.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Path">Which value: <c>vms[0].memory</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ManifestDiagnostic(string File, long Line, long Column, string Path, string Message)
{
    /// <summary><c>FILE:LINE:COLUMN: PATH: MESSAGE</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Path}: {Message}";
}
