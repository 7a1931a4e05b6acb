namespace Lamina.SystemTests;

/// <summary>A test that a platform cannot show; the report says why.</summary>
public sealed class NotOnAttribute : PlatformDataAttribute
{
    /// <summary>Says so.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="reason">What it lacks.</param>
    /// <param name="arguments">The theory's further arguments.</param>
    public NotOnAttribute(Platform platform, string reason, params object[] arguments)
        : base([platform], arguments) => Skip = "not possible: " + reason;
}
