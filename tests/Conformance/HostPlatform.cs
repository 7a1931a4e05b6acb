using System;
using System.Collections.Generic;

namespace Lamina.Conformance;

/// <summary>The host: lines are kept, faults are .NET's exceptions. It is not part of the image.</summary>
public sealed unsafe class HostPlatform : Platform
{
    /// <summary>What was said.</summary>
    public List<string> Lines { get; } = [];

    /// <inheritdoc/>
    public override void Line(string text) => Lines.Add(text);

    /// <inheritdoc/>
    public override string FaultOf(delegate*<void> code)
    {
        try
        {
            code();
            return FaultNames.None;
        }
        catch (IndexOutOfRangeException)
        {
            return FaultNames.IndexOutOfRange;
        }
        catch (OverflowException)
        {
            return FaultNames.Overflow;
        }
        catch (DivideByZeroException)
        {
            return FaultNames.DivideByZero;
        }
        catch (InvalidCastException)
        {
            return FaultNames.InvalidCast;
        }
        catch (ArrayTypeMismatchException)
        {
            return FaultNames.ArrayTypeMismatch;
        }
        catch (ArgumentException)
        {
            return FaultNames.Argument;
        }
        catch (InvalidOperationException)
        {
            return FaultNames.InvalidOperation;
        }
    }
}
