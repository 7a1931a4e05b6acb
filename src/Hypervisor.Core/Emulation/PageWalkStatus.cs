namespace Lamina.Core;

/// <summary>How a page walk ended.</summary>
public enum PageWalkStatus : byte
{
    /// <summary>The address was found.</summary>
    Translated,
    /// <summary>#PF.</summary>
    PageFault,
    /// <summary>The linear address is not canonical: #SS for the stack segment, else #GP.</summary>
    NonCanonical,
    /// <summary>The guest changed its tables again and again while they were read: run it again.</summary>
    Changed,
}
