namespace System.Runtime.CompilerServices;

public class CallConvCdecl;

public class CallConvStdcall;

public class CallConvSuppressGCTransition;
