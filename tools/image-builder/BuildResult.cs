using System;

namespace Lamina.ImageBuilder;

/// <summary>An image that was built.</summary>
/// <param name="ImagePath">The image.</param>
/// <param name="MapPath">Its map.</param>
/// <param name="Size">The file's size in bytes.</param>
/// <param name="NamesSize">How much of it is function names, in bytes of the section .names.</param>
/// <param name="Report">What the builder and the auditor counted, a line each.</param>
/// <param name="WasUpToDate">Whether all was there already, made from the same inputs.</param>
public sealed record BuildResult(
    string ImagePath, string MapPath, long Size, long NamesSize, string Report, bool WasUpToDate);
