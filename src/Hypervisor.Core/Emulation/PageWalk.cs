namespace Lamina.Core;

/// <summary>What a page walk found.</summary>
public readonly struct PageWalk
{
    private PageWalk(PageWalkStatus status, ulong guestPhysical, PageFaultCode errorCode)
    {
        Status = status;
        GuestPhysical = guestPhysical;
        ErrorCode = errorCode;
    }

    /// <summary>How it ended.</summary>
    public PageWalkStatus Status { get; }

    /// <summary>When translated: the GPA.</summary>
    public ulong GuestPhysical { get; }

    /// <summary>When it faulted: the error code that #PF pushes.</summary>
    public PageFaultCode ErrorCode { get; }

    /// <summary>Whether there is a GPA.</summary>
    public bool IsTranslated => Status == PageWalkStatus.Translated;

    internal static PageWalk To(ulong guestPhysical) => new(PageWalkStatus.Translated, guestPhysical, PageFaultCode.None);
    internal static PageWalk Fault(PageFaultCode errorCode) => new(PageWalkStatus.PageFault, 0, errorCode);
    internal static PageWalk Failed(PageWalkStatus status) => new(status, 0, PageFaultCode.None);
}
