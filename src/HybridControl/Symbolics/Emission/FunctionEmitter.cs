using System.Reflection;
using System.Reflection.Emit;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>Emits expressions as static methods of one run-time type.</summary>
/// <remarks>
/// Declare every method, then call <see cref="Bake"/>, then bind delegates. The type lives in a collectible assembly: it
/// goes when the last delegate goes. Methods ask for full optimisation at once, because a step is a single call and
/// would otherwise run its first seconds unoptimised. Not thread-safe.
/// </remarks>
public sealed class FunctionEmitter
{
    private readonly TypeBuilder _type;
    private readonly LookupTable[] _tables;
    private readonly FieldBuilder? _tableField;
    private Type? _baked;
    private int _count;

    /// <summary>Starts a type for expressions of <paramref name="graph"/>.</summary>
    public FunctionEmitter(string name, ExprGraph graph)
        : this(name, TablesOf(graph))
    {
    }

    /// <summary>Starts a type for expressions that refer to <paramref name="tables"/>.</summary>
    internal FunctionEmitter(string name, LookupTable[] tables)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName { Name = $"HybridControl.Emitted.{name}" }, AssemblyBuilderAccess.RunAndCollect);
        ModuleBuilder module = assembly.DefineDynamicModule("main");
        _type = module.DefineType(
            "Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        _tables = tables;
        if (_tables.Length > 0)
        {
            _tableField = _type.DefineField("Tables", typeof(LookupTable[]), FieldAttributes.Public | FieldAttributes.Static);
        }
    }

    /// <summary>Declares the one output of <paramref name="program"/> as a <see cref="PointFunction{T}"/>.</summary>
    /// <returns>The method's name, for <see cref="Bind"/>.</returns>
    public string AddPoint(ExprProgram program, Type number)
    {
        ArgumentNullException.ThrowIfNull(program);
        Type reference = number.MakeByRefType();
        MethodBuilder method = Define("Point", number, [number, reference, typeof(double).MakeByRefType()]);
        ILGenerator il = method.GetILGenerator();
        var writer = new GraphWriter(program, new SpanTarget(il, number, _tableField, 0, 1, 2));
        writer.Push(program.Outputs[0]);
        il.Emit(OpCodes.Ret);
        return method.Name;
    }

    /// <summary>Declares every output of <paramref name="program"/> as one <see cref="VectorFunction"/>.</summary>
    /// <returns>The method's name, for <see cref="Bind"/>.</returns>
    public string AddVector(ExprProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Type reference = typeof(double).MakeByRefType();
        MethodBuilder method = Define("Vector", typeof(void), [typeof(double), reference, reference, reference]);
        ILGenerator il = method.GetILGenerator();
        var writer = new GraphWriter(program, new SpanTarget(il, typeof(double), _tableField, 0, 1, 2));
        writer.PushQuartets();
        for (int i = 0; i < program.OutputCount; i++)
        {
            SpanTarget.LoadAddress(il, 3, i, typeof(double));
            writer.Push(program.Outputs[i]);
            il.Emit(OpCodes.Stind_R8);
        }

        il.Emit(OpCodes.Ret);
        return method.Name;
    }

    /// <summary>Declares a method whose body the caller writes; its tables come from this emitter.</summary>
    internal ILGenerator AddMethod(string name, Type returns, Type[] arguments, out string methodName, out FieldBuilder? tables)
    {
        MethodBuilder method = Define(name, returns, arguments);
        methodName = method.Name;
        tables = _tableField;
        return method.GetILGenerator();
    }

    /// <summary>Finishes the type; no method can be declared after it.</summary>
    public void Bake()
    {
        _baked = _type.CreateType();
        if (_tableField is not null)
        {
            _baked.GetField("Tables")!.SetValue(null, _tables);
        }
    }

    /// <summary>A delegate to a declared method.</summary>
    public TDelegate Bind<TDelegate>(string method) where TDelegate : Delegate =>
        _baked!.GetMethod(method)!.CreateDelegate<TDelegate>();

    private static LookupTable[] TablesOf(ExprGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return [.. graph.Tables];
    }

    private MethodBuilder Define(string name, Type returns, Type[] arguments)
    {
        MethodBuilder method = _type.DefineMethod(
            $"{name}{_count++}", MethodAttributes.Public | MethodAttributes.Static, returns, arguments);
        method.SetImplementationFlags(MethodImplAttributes.IL | MethodImplAttributes.AggressiveOptimization);
        method.InitLocals = false;
        return method;
    }
}
