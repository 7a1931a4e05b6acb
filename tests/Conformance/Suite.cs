namespace Lamina.Conformance;

/// <summary>All checks, in order.</summary>
public static class Suite
{
    /// <summary>The last line.</summary>
    public const string End = "conformance: end";

    /// <summary>Runs them.</summary>
    public static void Run(Platform platform)
    {
        ArithmeticChecks.Run(platform);
        ConversionChecks.Run(platform);
        BitChecks.Run(platform);
        CastChecks.Run(platform);
        DispatchChecks.Run(platform);
        GenericChecks.Run(platform);
        StaticChecks.Run(platform);
        SpanChecks.Run(platform);
        CopyChecks.Run(platform);
        StringChecks.Run(platform);
        DelegateChecks.Run(platform);
        InterlockedChecks.Run(platform);
        BoxingChecks.Run(platform);
        CollectionChecks.Run(platform);
        ControlFlowChecks.Run(platform);
        FaultChecks.Run(platform);
        IcedChecks.Run(platform);
        platform.Line(End);
    }
}
