using Internal.Runtime;

namespace System;

/// <summary>The compiler knows the four fields and the initializers by name.</summary>
public abstract unsafe class Delegate
{
    private const int OpenStaticThunk = 2;
    private const int ClosedStaticThunk = 1;

    private protected object? _firstParameter;
    private protected object? _helperObject;
    private protected nint _extraFunctionPointerOrData;
    private protected nint _functionPointer;

    private protected void InitializeClosedInstance(object firstParameter, nint functionPointer)
    {
        if (firstParameter == null)
        {
            Fault.Raise(FaultReason.NullReference);
        }

        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private protected void InitializeClosedInstanceWithoutNullCheck(object firstParameter, nint functionPointer)
    {
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private protected void InitializeClosedInstanceSlow(object firstParameter, nint functionPointer) =>
        InitializeClosedInstance(firstParameter, functionPointer);

    private protected void InitializeClosedInstanceToInterface(object firstParameter, nint dispatchCell) =>
        Fault.Raise(FaultReason.NotSupported, "A delegate to an interface method.");

    private protected void InitializeClosedStaticThunk(object firstParameter, nint functionPointer, nint thunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _functionPointer = thunk;
        _firstParameter = this;
    }

    private protected void InitializeOpenStaticThunk(object firstParameter, nint functionPointer, nint thunk)
    {
        _firstParameter = this;
        _functionPointer = thunk;
        _extraFunctionPointerOrData = functionPointer;
    }

    /// <summary>The compiler overrides it with the thunks that a delegate type uses.</summary>
    private protected virtual nint GetThunk(int whichThunk) => 0;
}
