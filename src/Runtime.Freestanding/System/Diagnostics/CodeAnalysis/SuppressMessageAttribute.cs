namespace System.Diagnostics.CodeAnalysis;

public sealed class SuppressMessageAttribute(string category, string checkId) : Attribute
{
    public string? Justification { get; set; }

    public string? Scope { get; set; }

    public string? Target { get; set; }
}
