namespace Lamina.SystemTests;

/// <summary>The mark of the tests of several CPUs and vCPUs, which <c>test --soak</c> repeats.</summary>
internal static class Smp
{
    internal const string Trait = "Category";

    internal const string Value = "Smp";
}
