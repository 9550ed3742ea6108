"""The thin thread: deploy, start, find the task, complete it, see the end."""


def test_a_task_is_found_and_completed_and_the_instance_ends(one_task, as_, admin):
    key = admin.start("one", unit="4502-e", n=3)
    assert admin.get(f"/process-instances/{key}").json["state"] == "ACTIVE"
    (task,) = as_("bob").search("user-tasks", {"state": "CREATED"})
    assert task["elementId"] == "work"
    assert task["candidateGroups"] == ["township_clerk"]
    assert task["processInstanceKey"] == key
    done = as_("bob").post(f"/user-tasks/{task['userTaskKey']}/completion", {"variables": {"answer": 1.50}})
    assert done.status_code == 204
    assert admin.get(f"/process-instances/{key}").json["state"] == "COMPLETED"
    found = {v["name"]: v["value"] for v in admin.search("variables", {"processInstanceKey": key})}
    assert found["answer"] == "1.5"
    assert found["n"] == "3"
