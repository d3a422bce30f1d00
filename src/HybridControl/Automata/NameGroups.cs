namespace HybridControl.Automata;

/// <summary>Names that are joined in pairs, and what hangs together by that.</summary>
internal sealed class NameGroups
{
    private readonly Dictionary<string, string> _leaders = new(StringComparer.Ordinal);

    /// <summary>Says that two names belong together; a name may be joined to itself.</summary>
    public void Join(string name, string other) => _leaders[LeaderOf(name)] = LeaderOf(other);

    /// <summary>One name of all that hang together with this one: the same for each of them.</summary>
    public string LeaderOf(string name)
    {
        string leader = name;
        while (!_leaders.TryAdd(leader, leader) && _leaders[leader] != leader)
        {
            leader = _leaders[leader];
        }

        _leaders[name] = leader;
        return leader;
    }
}
