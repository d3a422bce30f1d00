using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HybridControl.Simulation;

namespace HybridControl.Tests;

/// <summary>Keeps the floors of docs/architecture: what may refer to what.</summary>
public partial class ArchitectureTests
{
    private static readonly Assembly Core = typeof(Trajectory).Assembly;

    // Numerics and Diagnostics are one ground floor and may know each other.
    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Numerics"] = 0,
        ["Diagnostics"] = 0,
        ["Symbolics"] = 1,
        ["Dynamics"] = 2,
        ["Solvers"] = 3,
        ["Automata"] = 4,
        ["Control"] = 4,
        ["Simulation"] = 5,
        ["Requirements"] = 6,
        ["Ensembles"] = 7,
        ["Estimation"] = 7,
        ["Coupling"] = 7,
        ["Reachability"] = 7,
        ["Identification"] = 7,
        ["Serialization"] = 8,
    };

    private static readonly Dictionary<string, string> OwnersOfPackages = new()
    {
        ["MathNet"] = "HybridControl",
        ["OxyPlot"] = "HybridControl.Plotting",
        ["SkiaSharp"] = "HybridControl.Plotting",
        ["HarfBuzzSharp"] = "HybridControl.Plotting",
        ["ILGPU"] = "HybridControl.Gpu",
        ["System.CommandLine"] = "HybridControl.Cli",
        ["Spectre"] = "HybridControl.Cli",
        ["Parquet"] = "HybridControl.Cli",
        ["Microsoft.Orleans"] = "HybridControl.Distributed",
        ["NUnit"] = "HybridControl.NUnit",
    };

    private static readonly Dictionary<string, string[]> ProjectReferences = new()
    {
        ["HybridControl"] = [],
        ["HybridControl.Neural"] = ["HybridControl"],
        ["HybridControl.Plotting"] = ["HybridControl"],
        ["HybridControl.Fmi"] = ["HybridControl"],
        ["HybridControl.NUnit"] = ["HybridControl"],
        ["HybridControl.Distributed"] = ["HybridControl"],
        ["HybridControl.Gpu"] = ["HybridControl", "HybridControl.Neural"],
    };

    [Test]
    public void Every_namespace_has_a_floor()
    {
        string[] unknown =
        [
            .. Core.GetTypes().Where(type => type.Namespace?.StartsWith("HybridControl", StringComparison.Ordinal) == true)
                .Select(FloorName).Distinct().Where(name => !Floors.ContainsKey(name)),
        ];
        Assert.That(unknown, Is.Empty);
    }

    [Test]
    public void No_type_refers_to_a_higher_floor_or_to_a_sibling_on_its_own()
    {
        var violations = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Type type in Core.GetTypes())
        {
            if (!IsOurs(type))
            {
                continue;
            }

            string from = FloorName(type);
            foreach (Type used in ReferencesOf(type).Where(IsOurs))
            {
                string to = FloorName(used);
                bool allowed = from == to || Floors[to] < Floors[from] || (Floors[to] == 0 && Floors[from] == 0);
                if (!allowed)
                {
                    violations.Add($"{Outermost(type).FullName} ({from}) -> {Outermost(used).FullName} ({to})");
                }
            }
        }

        Assert.That(violations, Is.Empty);
        Assert.That(
            ReferencesOf(typeof(RunEngine)),
            Is.SupersetOf(new[] { typeof(HybridControl.Solvers.Stepper), typeof(HybridControl.Automata.CompiledAutomaton), typeof(HybridControl.Numerics.Real64) }),
            "the walk finds what is known to be there");
    }

    [Test]
    public void Every_public_type_has_a_file_of_its_name_in_the_folder_of_its_namespace()
    {
        string source = Path.Combine(Root(), "src", "HybridControl");
        string[] missing =
        [
            .. Core.GetExportedTypes().Where(type => !type.IsNested).Where(type =>
            {
                string folder = Path.Combine([source, .. type.Namespace!.Split('.').Skip(1)]);
                string name = type.Name.Split('`')[0];
                return !Directory.Exists(folder) ||
                    Directory.GetFiles(folder, $"{name}.cs", SearchOption.AllDirectories).Length != 1;
            }).Select(type => type.FullName!),
        ];
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void No_file_declares_two_public_types()
    {
        string[] crowded =
        [
            .. Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !IsBuilt(file) && PublicType().Count(File.ReadAllText(file)) > 1)
                .Select(file => Path.GetRelativePath(Root(), file)),
        ];
        Assert.That(crowded, Is.Empty);
    }

    [Test]
    public void Third_party_packages_stay_in_the_project_that_owns_them()
    {
        var violations = new List<string>();
        foreach ((string project, XDocument document) in Projects())
        {
            foreach (XElement reference in document.Descendants("PackageReference"))
            {
                string package = reference.Attribute("Include")!.Value;
                string? owner = OwnersOfPackages.FirstOrDefault(
                    entry => package.StartsWith(entry.Key, StringComparison.OrdinalIgnoreCase)).Value;
                if (owner != project)
                {
                    violations.Add($"{project} uses {package}, which belongs to {owner ?? "no project"}");
                }
            }
        }

        Assert.That(violations, Is.Empty);
    }

    [Test]
    public void Projects_refer_down_the_storeys_only()
    {
        var violations = new List<string>();
        foreach ((string project, XDocument document) in Projects())
        {
            foreach (XElement reference in document.Descendants("ProjectReference"))
            {
                string target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                bool allowed = !ProjectReferences.TryGetValue(project, out string[]? targets)
                    ? project == "HybridControl.Cli" && target != project
                    : targets.Contains(target);
                if (!allowed)
                {
                    violations.Add($"{project} -> {target}");
                }
            }
        }

        Assert.That(violations, Is.Empty);
    }

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|readonly|partial|ref|unsafe)\s+)*(?:class|record|struct|enum|interface|delegate)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    private static IEnumerable<(string Project, XDocument Document)> Projects() =>
        Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => (Path.GetFileNameWithoutExtension(file), XDocument.Load(file)));

    private static string Root()
    {
        DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridControl.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }

    private static bool IsBuilt(string file)
    {
        string[] parts = file.Split(Path.DirectorySeparatorChar);
        return parts.Contains("obj") || parts.Contains("bin");
    }

    private static bool IsOurs(Type type) =>
        type.Assembly == Core && Outermost(type).Namespace?.StartsWith("HybridControl.", StringComparison.Ordinal) == true;

    private static string FloorName(Type type) => Outermost(type).Namespace!.Split('.').ElementAtOrDefault(1) ?? "HybridControl";

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    // Base types, interfaces, attributes, signatures, locals, and every type, method and field that a body mentions.
    private static HashSet<Type> ReferencesOf(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static |
            BindingFlags.DeclaredOnly;
        var found = new HashSet<Type>();
        Add(type.BaseType, found);
        Array.ForEach(type.GetInterfaces(), item => Add(item, found));
        foreach (CustomAttributeData attribute in type.GetCustomAttributesData())
        {
            Add(attribute.AttributeType, found);
        }

        foreach (FieldInfo field in type.GetFields(all))
        {
            Add(field.FieldType, found);
        }

        foreach (MethodBase method in type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)))
        {
            Add((method as MethodInfo)?.ReturnType, found);
            Array.ForEach(method.GetParameters(), parameter => Add(parameter.ParameterType, found));
            AddBody(method, found);
        }

        return found;
    }

    private static void AddBody(MethodBase method, HashSet<Type> found)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        foreach (LocalVariableInfo local in body.LocalVariables)
        {
            Add(local.LocalType, found);
        }

        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        foreach (int token in TokensOf(body.GetILAsByteArray()!))
        {
            MemberInfo? member = method.Module.ResolveMember(token, typeArguments, methodArguments);
            Add(member as Type ?? member?.DeclaringType, found);
            Add((member as FieldInfo)?.FieldType, found);
            Add((member as MethodInfo)?.ReturnType, found);
            if (member is MethodInfo { IsGenericMethod: true } generic)
            {
                Array.ForEach(generic.GetGenericArguments(), argument => Add(argument, found));
            }
        }
    }

    private static void Add(Type? type, HashSet<Type> found)
    {
        if (type is null)
        {
            return;
        }

        if (type.HasElementType)
        {
            Add(type.GetElementType(), found);
        }
        else if (!type.IsGenericParameter && found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type) && type.IsGenericType)
        {
            Array.ForEach(type.GetGenericArguments(), argument => Add(argument, found));
        }
        else if (type.IsGenericType)
        {
            Array.ForEach(type.GetGenericArguments().Where(argument => !argument.IsGenericType).ToArray(), argument => Add(argument, found));
        }
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private static IEnumerable<int> TokensOf(byte[] il)
    {
        for (int i = 0; i < il.Length;)
        {
            short value = il[i++];
            if (value == 0xFE)
            {
                value = (short)((0xFE << 8) | il[i++]);
            }

            OperandType operand = OpCodesByValue[value].OperandType;
            switch (operand)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return BitConverter.ToInt32(il, i);
                    i += 4;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(il, i));
                    break;
                default:
                    i += operand switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    break;
            }
        }
    }
}
