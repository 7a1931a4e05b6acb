namespace Internal.Runtime.CompilerHelpers;

/// <summary>The compiler looks for this type; it asks for no member.</summary>
internal static class StartupCodeHelpers;
