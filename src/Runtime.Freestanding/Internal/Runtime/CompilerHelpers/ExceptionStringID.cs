namespace Internal.Runtime.CompilerHelpers;

/// <summary>Which message the compiler had in mind; not used here.</summary>
internal enum ExceptionStringID;
