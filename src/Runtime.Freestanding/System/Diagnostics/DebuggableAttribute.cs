namespace System.Diagnostics;

public sealed class DebuggableAttribute : Attribute
{
    public DebuggableAttribute(DebuggingModes modes)
    {
    }

    [Flags]
    public enum DebuggingModes
    {
        None = 0,
        Default = 1,
        IgnoreSymbolStoreSequencePoints = 2,
        EnableEditAndContinue = 4,
        DisableOptimizations = 256,
    }
}
