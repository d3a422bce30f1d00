namespace HybridControl.Symbolics;

/// <summary>What is fixed for each operation: how many operands it takes and how text spells it.</summary>
public static class OperationTable
{
    private static readonly (string Name, Operation Operation)[] Spelled =
    [
        ("abs", Operation.Abs), ("acos", Operation.Acos), ("acosh", Operation.Acosh), ("asin", Operation.Asin),
        ("asinh", Operation.Asinh), ("atan", Operation.Atan), ("atan2", Operation.Atan2), ("atanh", Operation.Atanh),
        ("cbrt", Operation.Cbrt), ("cos", Operation.Cos), ("cosh", Operation.Cosh), ("exp", Operation.Exp),
        ("floor", Operation.Floor), ("hypot", Operation.Hypot), ("log", Operation.Log), ("max", Operation.Max),
        ("min", Operation.Min), ("mod", Operation.Modulo), ("sign", Operation.Sign), ("sin", Operation.Sin),
        ("sinh", Operation.Sinh), ("sqrt", Operation.Sqrt), ("tan", Operation.Tan), ("tanh", Operation.Tanh),
        ("pow", Operation.Power), ("uniform", Operation.Uniform), ("normal", Operation.Normal), ("exponential", Operation.Exponential),
    ];

    // By number: which operation and which op code have one name; -1 where there is none.
    private static readonly string[] CodeNames = Enum.GetNames<OpCode>();
    private static readonly string[] OperationNames = Enum.GetNames<Operation>();
    private static readonly int[] Codes = Array.ConvertAll(OperationNames, name => Array.IndexOf(CodeNames, name));
    private static readonly int[] Operations = Array.ConvertAll(CodeNames, name => Array.IndexOf(OperationNames, name));

    /// <summary>The functions that text may call, by name; <c>select</c> and tables stand beside them.</summary>
    public static IReadOnlyDictionary<string, Operation> Functions { get; } =
        Spelled.ToDictionary(entry => entry.Name, entry => entry.Operation, StringComparer.Ordinal);

    /// <summary>How text spells a function; null for operations that are not written as functions.</summary>
    public static string? FunctionName(this Operation operation)
    {
        foreach ((string name, Operation spelled) in Spelled)
        {
            if (spelled == operation)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The number of operands, or -1 where <see cref="Expr.Node"/> cannot build the operation.</summary>
    public static int Arity(this Operation operation) => operation switch
    {
        Operation.Constant or Operation.Variable or Operation.Alias or Operation.Select or Operation.Lookup or
            Operation.LookupSlope or Operation.Surface or Operation.LinearForm => -1,
        Operation.Add or Operation.Subtract or Operation.Multiply or Operation.Divide or Operation.Power or
            Operation.Atan2 or Operation.Hypot or Operation.Min or Operation.Max or Operation.Modulo or
            Operation.Uniform or Operation.Normal => 2,
        _ => 1,
    };

    /// <summary>The op code of the same name, to which the operation is lowered as it stands.</summary>
    internal static OpCode ToCode(this Operation operation) => (OpCode)Codes[(int)operation];

    /// <summary>The operation of the same name.</summary>
    internal static Operation ToOperation(this OpCode code) => (Operation)Operations[(int)code];

    /// <summary>Whether the operation draws a random number, each place where it stands one of its own.</summary>
    public static bool IsDraw(this Operation operation) =>
        operation is Operation.Uniform or Operation.Normal or Operation.Exponential;
}
